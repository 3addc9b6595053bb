"""What maintainers run beside the program: no command of `sim`, and in no wheel."""
