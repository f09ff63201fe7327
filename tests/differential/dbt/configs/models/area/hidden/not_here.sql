{{ shown() }}
