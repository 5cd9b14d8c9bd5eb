"""What the system will not do, said plainly."""


class Refusal(Exception):
    """一次拒绝: 文字说清发生了什么、在哪里、怎么办。Pages show it as it is; commands print it and exit 1.

    `field` is the argument that was refused, where it was one: a form of the same names says it beside that field.
    """

    def __init__(self, text: str, *, field: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.field = field
