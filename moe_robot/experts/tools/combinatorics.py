# ruff: noqa: E501 - a pattern is easier to read on one line
"""The expert `combinatorics`: counting, probability (`chance.py`), and real randomness: dice, coins, cards, numbers.

What is thrown comes from the operating system (`secrets`), so it cannot be foretold or repeated.
"""

from __future__ import annotations

import math
import re
import secrets
from collections import Counter
from fractions import Fraction

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools.chance import birthdays, probability
from moe_robot.experts.tools.exact import comma, decimal, fraction, number
from moe_robot.experts.tools.numbers import digits, plain
from moe_robot.experts.tools.tool import NotMine, Refused, TextTool
from moe_robot.structs import Language

LIMIT = 1000
_DIFFERENT = r"разн|различн|неповтор|не повтор|без повтор|different|distinct|unique|no repe|without repe"
_CHANCE = re.compile(r"вероятност|\bшанс|probab|\bchance|\bodds\b|likelihood|how likely|^p ?\(")
_PEOPLE = r"(?:человек\w*|люд\w+|гост\w+|дет\w+|ребят\w*|друз\w+|ученик\w*|студент\w*|книг\w*|машин\w*|предмет\w*|элемент\w*|букв\w*|people|kids|children|guests?|books?|cars?|friends?|students?|objects?|elements?|letters?|cards?|pupils)"
_RANKS = {"ru": ("Двойка", "Тройка", "Четвёрка", "Пятёрка", "Шестёрка", "Семёрка", "Восьмёрка", "Девятка", "Десятка", "Валет", "Дама", "Король", "Туз"), "en": ("Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Jack", "Queen", "King", "Ace")}  # fmt: skip
_SUITS = {"ru": ("пик", "червей", "треф", "бубен"), "en": ("spades", "hearts", "clubs", "diamonds")}


class Combinatorics(TextTool):
    name = "combinatorics"

    def reply(self, text: str, language: Language, context: AnswerContext) -> str:
        request = digits(text, ordinals=False).rstrip(" ?.!") + ("!" if text.strip().endswith("!") else "")
        if re.search(r"дн\w+ рождения|birthday", request) and re.search(r"\d|парадокс|paradox", request):
            return self._birthday(request, language)
        if _CHANCE.search(request):
            return self._chance(request, language)
        for way in (self._throw, self._random, self._count, self._choose, self._arrange):
            answer = way(request, plain(text), language)
            if answer is not None:
                return answer
        raise NotMine

    # ------------------------------------------------------------ probability

    def _chance(self, request: str, language: Language) -> str:
        found = probability(request)
        if found is None:
            raise NotMine
        chance, counted = found
        if not chance:
            return self.words.say("impossible", language)
        percent = (
            f" ≈ {decimal(100 * chance, language)} %" if language == "ru" else f" ≈ {decimal(100 * chance, language)}%"
        )
        if (chance * 10**4).denominator == 1:
            percent = percent.replace("≈", "=")
        shown = fraction(chance) if len(fraction(chance)) < 30 else decimal(chance, language)
        if counted and len(str(counted[1])) < 12:
            return self.words.say("favourable", language, good=counted[0], all=counted[1], value=shown, percent=percent)
        return self.words.say("probability", language, value=shown, percent=percent)

    def _birthday(self, request: str, language: Language) -> str:
        people, apart, nobody = birthdays(request)
        if people > 100_000:
            raise Refused("too_large")
        percent = comma(f"{100 * float(apart if nobody else 1 - apart):.4g}", language)
        return self.words.say("birthdays_apart" if nobody else "birthday", language, n=people, percent=percent)

    # ------------------------------------------------------------ randomness

    def _throw(self, request: str, text: str, language: Language) -> str | None:
        verb = r"(?:брос\w*|кин\w*|кида\w+|подбро\w+|подкин\w+|метни|roll|throw|toss|flip|cast)"
        if re.search(r"сколько|how many|матожидан|expected", request):
            if re.search(
                r"матожидани\w+ (?:броска )?(?:кубик|кост)|expected value of (?:a )?(?:di[ce]e?|dice|die)", request
            ):
                return self.words.say("expected", language, value=comma("3.5", language))
            return None
        coin = re.search(r"монет|\bcoins?\b|орел или решка|heads or tails", request)
        if coin and (
            re.search(verb, request)
            or re.search(
                r"орел или решка|heads or tails|решит|decide|монетк[ау],? (?:пожалуйста|please)|coin,? please", request
            )
        ):
            match = re.search(r"(\d+) (?:монет|раз|coins|times)", request)
            count = int(match[1]) if match else 1
            if count > LIMIT or count < 1:
                raise Refused("too_many", limit=LIMIT)
            sides = [secrets.randbelow(2) for _ in range(count)]
            if count == 1:
                return self.words.say("coin_heads" if sides[0] else "coin_tails", language)
            shown = ", ".join(self.words.say("heads" if side else "tails", language) for side in sides[:50]) + (
                "…" if count > 50 else ""
            )
            return self.words.say("coins", language, heads=sum(sides), tails=count - sum(sides), list=shown)
        die = re.search(r"кубик|кост[ьи]\b|\bdic?es?\b|(\d*)d(\d+)\b", request)
        if die and (re.search(verb, request) or die[0][-1:].isdigit()):
            match = re.search(r"(\d*)d(\d+)\b", request)
            sides_count = int(match[2]) if match else 6
            faces = re.search(r"(\d+)-?(?:гранн|sided)", request)
            sides_count = int(faces[1]) if faces else sides_count
            many = re.search(r"(\d+) (?:игральн\w+ )?(?:кубик|кост|dice|раз|times|d\d)", request)
            count = (
                int(many[1])
                if many
                else int(match[1])
                if match and match[1]
                else 2
                if re.search(r"\bкости\b|\bdice\b", request) and not many and re.search(r"кости\b", request)
                else 1
            )
            if not 1 <= count <= LIMIT or not 2 <= sides_count <= 10**6:
                raise Refused("too_many", limit=LIMIT)
            rolls = [secrets.randbelow(sides_count) + 1 for _ in range(count)]
            if count == 1:
                return self.words.say("rolled", language, value=rolls[0])
            return self.words.say(
                "rolled_many",
                language,
                list=", ".join(map(str, rolls[:50])) + ("…" if count > 50 else ""),
                sum=sum(rolls),
            )
        if re.search(
            r"(?:вытя|выта|дай|draw|pick|take|возьми)\w* (?:мне )?(?:a |случайную |random |одну )?(?:карт|card)",
            request,
        ):
            rank, suit = secrets.choice(_RANKS[language]), secrets.choice(_SUITS[language])
            return self.words.say("card", language, rank=rank, suit=suit)
        return None

    def _random(self, request: str, text: str, language: Language) -> str | None:
        shuffle = re.search(r"(?:перемешай|shuffle).*?(\d+) (?:до|to) (\d+)", request)
        if shuffle:
            row = list(range(int(shuffle[1]), int(shuffle[2]) + 1))
            if not 1 <= len(row) <= 200:
                raise Refused("too_many", limit=200)
            secrets.SystemRandom().shuffle(row)
            return self.words.say("shuffled", language, list=", ".join(map(str, row)))
        pick = re.search(
            r"(?:выбери (?:наугад|случайно)|(?:pick|choose)(?: one)?(?: at random| randomly| a random one)|наугад|жребий|draw lots)(?: одно| из| из чисел| между| between| from| among)*[: ]+(?P<rest>.+)$",
            plain(text),
        )
        if pick:
            parts = [
                part.strip(" ?.!")
                for part in re.split(r",|;|\bили\b|\bи\b|\bor\b|\band\b", pick["rest"])
                if part.strip(" ?.!")
            ]
            parts = pick["rest"].split() if len(parts) == 1 and re.fullmatch(r"[\d\s.]+", pick["rest"]) else parts
            if len(parts) > 1:
                return self.words.say("picked", language, value=secrets.choice(parts))
        if not re.search(
            r"случайн\w+ (?:целое )?числ|рандом|random|число наугад|загадай число|think of a number|наугад число|любое число",
            request,
        ) or re.search(r"\bword|слово|place|комнат", request):
            return None
        bounds = [int(each) for each in re.findall(r"-?\d+", request)]
        several = re.search(r"\b(\d+) (?:[^\W\d_]+ ){0,3}(?:чис(?:ел|ла)|numbers|integers)\b", request)
        count = int(several[1]) if several and len(bounds) in (1, 3) and bounds[0] == int(several[1]) else 0
        bounds = bounds[1:] if count else bounds
        low, high = (bounds[0], bounds[1]) if len(bounds) > 1 else (1, bounds[0]) if bounds else (1, 100)
        if high < low:
            raise Refused("empty_range", low=low, high=high)
        if count:
            return self._several(count, low, high, bool(re.search(_DIFFERENT, request)), language)
        return self.words.say("random", language, value=low + secrets.randbelow(high - low + 1))

    def _several(self, count: int, low: int, high: int, differ: bool, language: Language) -> str:
        if not 1 <= count <= 50 or (differ and count > high - low + 1):
            raise Refused("too_many", limit=min(50, high - low + 1) if differ else 50)
        draw = secrets.SystemRandom()
        row = draw.sample(range(low, high + 1), count) if differ else [draw.randint(low, high) for _ in range(count)]
        return self.words.say("shuffled", language, list=", ".join(map(str, row)))

    # ------------------------------------------------------------ counting

    def _count(self, request: str, text: str, language: Language) -> str | None:
        said = [int(each) for each in re.findall(r"(?<![\w.,])\d+(?![\d.,]\d)", request)]
        if said and max(said) > LIMIT and not re.search(r"размен|change", request):
            if re.search(
                r"сочетан|размещен|перестанов|факториал|factorial|choose|permutation|combination|\d!", request
            ):
                raise Refused("too_large")
            return None
        if re.search(
            r"анаграмм|перестановк\w+ (?:букв )?слова|перестановок букв|букв (?:в|из) слов|anagram|permutations of the (?:word|letters)|letters (?:of|in) the word",
            request,
        ):
            word = re.search(
                r"(?:слов[еоау]\w*|word|does|does the word|из|anagrams of|permutations of|анаграмм\w*)\s+[«\"']?([^\W\d_]{2,20})[»\"']?(?: have)?$",
                text.rstrip(" ?.!"),
            )
            return self._word(word[1], language) if word else None
        if re.search(r"факториал|factorial|^\(?\d+!", request) and len(said) == 1:
            return self.words.say("factorial", language, n=said[0], value=_big(math.factorial(said[0]), language))
        if (
            re.search(r"круглы\w+ стол|round (?:a |the )?(?:round )?table|around a", request)
            and len(said) == 1
            and said[0] > 0
        ):
            return self.words.say("round_table", language, n=said[0], value=_big(math.factorial(said[0] - 1), language))
        if (
            re.search(
                r"рукопожат|handshake|чокну|clink|парти\w+ сыгра|каждый с каждым|each (?:meet|play)|every (?:pair|team)|games|matches|матчей",
                request,
            )
            and len(said) == 1
        ):
            return self.words.say("handshakes", language, n=said[0], less=said[0] - 1, value=math.comb(said[0], 2))
        if re.search(r"подмножеств|subsets", request) and len(said) == 1:
            return self.words.say("subsets", language, n=said[0], value=_big(2 ** said[0], language))
        if re.search(r"двоичн\w+ (?:слов|строк|последоват)|bit strings|binary strings", request) and len(said) == 1:
            return self.words.say("subsets", language, n=said[0], value=_big(2 ** said[0], language))
        if re.search(r"пут\w+ (?:на|по) (?:сетк|решетк)|paths on", request) and len(said) == 2:
            return self.words.say(
                "grid", language, sum=sum(said), a=said[0], value=_big(math.comb(sum(said), said[0]), language)
            )
        if re.search(r"беспорядк|derangement", request) and len(said) == 1:
            return self.words.say("derangements", language, n=said[0], value=_big(_derangements(said[0]), language))
        if re.search(r"треугольник\w* паскаля|pascal", request) and len(said) == 1 and said[0] <= 30:
            return self.words.say(
                "pascal", language, n=said[0], list=", ".join(str(math.comb(said[0], k)) for k in range(said[0] + 1))
            )
        if re.search(r"дирихле|pigeonhole", request) and len(said) == 2 and re.search(r"пары|pair", request):
            return self.words.say("pigeonhole", language, value=said[1] + 1)
        return self._codes(request, said, language)

    def _codes(self, request: str, said: list[int], language: Language) -> str | None:
        lock = re.search(
            r"пин-?код|\bpins?\b|парол|\bкод(?:ов|а|ы)?\b|password|\bcodes?\b|комбинаци\w+ замка|цифр\w* замок|lock",
            request,
        )
        outfits = re.search(r"нарядов|комплект|outfits|обед\w* из|meals|костюмов|вариантов одежды", request)
        if outfits and 2 <= len(said) <= 4:
            total = math.prod(said)
            return self.words.say("product", language, formula=" · ".join(map(str, said)), value=total)
        stars = re.search(
            r"(?:раздать|раздел\w+|give|distribute|share) (\d+) (?:конфет|яблок|одинаков|sweets|candies|identical|apples)\w* (?:to )?(\d+)",
            request,
        ) or re.search(r"stars and bars (\d+) (?:and|,)? ?(\d+)", request)
        if stars:
            n, k = int(stars[1]), int(stars[2])
            if not k:
                return None
            return self.words.say("stars", language, top=n + k - 1, below=k - 1, value=math.comb(n + k - 1, k - 1))
        given = re.search(
            r"(двух|трех|четырех|пяти|шести|two|three|four|five|\d+)-?(?:значн\w+|digit) (?:чис\w+|number\w*) .*(?:из|from|using|with)(?: the)? (?:цифр|digits) ((?:\d(?:, | и | and | |,)?){2,9})$",
            request,
        )
        if given and not re.search(r"не повтор|без повтор|различн|разны|without|no repet|different", request):
            names = {
                "двух": 2,
                "two": 2,
                "трех": 3,
                "three": 3,
                "четырех": 4,
                "four": 4,
                "пяти": 5,
                "five": 5,
                "шести": 6,
            }
            k = names.get(given[1]) or int(given[1])
            signs = set(re.findall(r"\d", given[2]))
            if "0" not in signs and k <= 20:
                return self.words.say("strings", language, base=len(signs), n=k, value=_big(len(signs) ** k, language))
        digits_made = re.search(
            r"(\d+)-?(?:значн\w+|digit) (?:чис\w+|number\w*) .*(?:из|from|using)(?: the)? (?:цифр|digits) (?:от )?1 (?:до|to) (\d+)",
            request,
        )
        if digits_made:
            k, n = int(digits_made[1]), int(digits_made[2])
            return self.words.say("strings", language, base=n, n=k, value=_big(n**k, language)) if n < 10 else None
        numbers = re.search(r"(\d+)-?(?:значн\w+|digit) (?:чисел|числа|numbers)", request)
        if numbers and len(said) == 1 and not lock:
            k = int(numbers[1])
            return (
                self.words.say(
                    "number_of", language, k=k, less=k - 1, value=_big(9 * 10 ** (k - 1) if k > 1 else 10, language)
                )
                if k
                else None
            )
        if lock and len(said) == 1 and not re.search(r"бит|\bbit", request):
            letters = re.search(r"букв|letters", request)
            base = (33 if language == "ru" else 26) if letters else 10
            if re.search(
                r"не повтор|без повтор|different digits|разных цифр|разные|all different|without (?:any )?repe|no repe|not? repeat|don't repeat",
                request,
            ):
                return (
                    self.words.say(
                        "arrangements", language, n=base, k=said[0], rest=base - said[0], value=math.perm(base, said[0])
                    )
                    if said[0] <= base
                    else None
                )
            return self.words.say("strings", language, base=base, n=said[0], value=_big(base ** said[0], language))
        change = re.search(r"размен\w+ (\d+) руб|change (\d+) (?:dollars|cents|roubles)", request)
        if change:
            coins = (1, 2, 5, 10) if language == "ru" else (1, 5, 10, 25, 50, 100)
            n = int(change[1] or change[2])
            if n > 10_000:
                raise Refused("too_large")
            ways = [1] + [0] * n
            for coin in coins:
                for amount in range(coin, n + 1):
                    ways[amount] += ways[amount - coin]
            return self.words.say("change", language, n=n, value=ways[n])
        return None

    def _choose(self, request: str, text: str, language: Language) -> str | None:
        arrangement = re.search(
            r"размещени|\bpermutations of (\d+) (?:taken|choose)|\b[paа] ?\(? ?(?:из )?(\d+)[ ,]+(?:по )?(\d+)|arrangements of (\d+) from",
            request,
        )
        pair = re.search(r"(?:из|c|с|p|а|a)? ?\(?(\d+) ?(?:,| по| choose| over| taken|elements taken) ?(\d+)", request)
        if re.search(
            r"сочетани|\bchoose\b|combinations?|биномиальн|binomial|\b[cс] ?\(? ?(?:из )?\d+[ ,)]+(?:по )?\d+|\bцэ\b|размещени|^[paа] ?\(?(?:из )?\d+",
            request,
        ):
            out_of = re.search(r"(\d+) (?:out of|of|from|из) (?:a set of )?(\d+)", request)
            numbers = (int(pair[1]), int(pair[2])) if pair else (int(out_of[2]), int(out_of[1])) if out_of else None
            if numbers is not None:
                return self._pair(numbers[0], numbers[1], bool(arrangement), language)
        chosen = re.search(
            r"(?:выб(?:рать|ор|ира\w+)|отобрать|назначить|choose|pick|select|составить|сформировать|form\w*|made|draw|take|взять|вытащить|команд|троек|teams of|group\w*)\D*(?:из )?(\d+)\D*?(?:из|out of|from|of|у)\D*?(\d+)",
            request,
        )
        reverse = re.search(
            r"(?:команд\w*|групп\w*|teams?|groups?|committees?|комисси\w+) (?:по|of|из) (\d+) .*?(?:из|from|of|out of) (\d+)",
            request,
        )
        if (match := reverse or chosen) and re.search(r"способ|вариант|сколько|how many|ways", request):
            k, n = int(match[1]), int(match[2])
            order = re.search(
                r"по порядку|с учетом порядка|in order|order matters|призов\w+ мест|президент\w* и|president and|старост\w+ и|на разные должности|очереди",
                request,
            )
            return self._pair(n, k, bool(order), language)
        triple = re.search(r"сколько (пар|троек|четверок) (?:из|можно составить из) (\d+)", request)
        if triple:
            return self._pair(int(triple[2]), {"пар": 2, "троек": 3, "четверок": 4}[triple[1]], False, language)
        return None

    def _pair(self, n: int, k: int, ordered: bool, language: Language) -> str:
        if max(n, k) > LIMIT:
            raise Refused("too_large")
        if k > n:
            raise Refused("too_few", n=n, k=k)
        value = math.perm(n, k) if ordered else math.comb(n, k)
        return self.words.say(
            "arrangements" if ordered else "combinations", language, n=n, k=k, rest=n - k, value=_big(value, language)
        )

    def _arrange(self, request: str, text: str, language: Language) -> str | None:
        said = [int(each) for each in re.findall(r"(?<![\w.,])\d+(?![\d.,]\d)", request)]
        if len(said) != 1 or said[0] > LIMIT:
            return None
        if re.search(r"перестанов|permutation", request) or (
            re.search(r"сколько|сколькими|how many|in how many|вариант", request)
            and re.search(
                r"рассад|построить|поставить|расстав|очеред|сесть|в ряд|рассадк|расстановк|arrange|order|line up|queue|seated|stand in|be arranged|in a row",
                request,
            )
            and re.search(rf"\d+ (?:\w+ )?{_PEOPLE}|{_PEOPLE}", request)
        ):
            return self.words.say("permutations", language, n=said[0], value=_big(math.factorial(said[0]), language))
        return None

    def _word(self, word: str, language: Language) -> str:
        counts = [count for count in Counter(word).values() if count > 1]
        value = math.factorial(len(word)) // math.prod(math.factorial(count) for count in counts)
        below = " · ".join(f"{count}!" for count in counts)
        formula = f"{len(word)}!" + (f" / ({below})" if len(counts) > 1 else f" / {below}" if counts else "")
        return self.words.say("word", language, word=word, formula=formula, value=_big(value, language))


def _derangements(n: int) -> int:
    a, b = 1, 0
    for k in range(2, n + 1):
        a, b = b, (k - 1) * (a + b)
    return b if n else 1


def _big(value: int, language: Language) -> str:
    return number(Fraction(value), language)
