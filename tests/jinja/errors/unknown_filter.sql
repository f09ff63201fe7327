a
{{ x|nosuchfilter }}
