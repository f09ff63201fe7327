def main(x):
    return x  # {{ not_a_template }}
