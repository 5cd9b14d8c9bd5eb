"""What the system will not do, said plainly."""


class Refusal(Exception):
    """一次拒绝: 文字说清发生了什么、在哪里、怎么办。Pages show it as it is; commands print it and exit 1."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text
