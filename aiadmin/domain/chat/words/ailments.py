"""How clients tell what a procedure has left behind, as data: beginnings of words."""

from __future__ import annotations

ACUTE = tuple(
    """
    вздул взду раздул раздува надулс волдыр пузыр мокн сочит гной гно кровит кровь кровото опух опуха отек припух
    распух покрасне краснот краснеет корка корку корки корочк прыщ сыпь высыпа пятна пятно пятнами зуд жжет жгет
    печет горит горят горяча щиплет щипет дергает пульсир немеет онеме синяк синеет посине чернеет почерне ожог
    обожг облез слезает слезят слезит саднит воспал температур нарыв шишк уплотнен воняет гниет тошнит кружится
    рана раны ранк
    """.split()  # noqa: SIM905 - a table
)
"""What is no reason to come, whatever is wished beside it."""
CHRONIC = tuple("чеш бол ноет ноют ломит шелуш сыпят посыпал лезут выпада слоят слоит ломают".split())  # noqa: SIM905
"""What may as well be a reason to come."""
NO_SIGNS = frozenset({"больше", "больше-меньше", "большой", "большая", "большое", "большие", "большую", "болтать"})
"""Words that begin so and are no signs."""
