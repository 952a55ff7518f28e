"""Write the add-in, the buttons' VBA project and the reference page."""

from __future__ import annotations

from addin.builder import package, reference


def main() -> None:
    """Write all three and name them."""
    package.write()
    reference.write()
    for path in (package.XLAM, package.BUTTONS, reference.PAGE):
        print(f"{path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
