# ruff: noqa: E501 - a pattern is easier to read on one line
"""The expert `number_theory`: primes, divisors, remainders, bases, Roman numerals, Fibonacci numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import partial
from itertools import pairwise

from moe_robot.experts.context import AnswerContext
from moe_robot.experts.tools import integers, notations
from moe_robot.experts.tools.exact import evaluate, rational
from moe_robot.experts.tools.expression import parse
from moe_robot.experts.tools.notations import at_most, bounded, numbers_of
from moe_robot.experts.tools.numbers import digits
from moe_robot.experts.tools.tool import NotMine, Refused, TextTool
from moe_robot.structs import Language

MAX_DIGITS = 20
MAX_LIST = 10_000


_OPERATION = r"(?:\*|\+|плюс|plus|умножить на|помножить на|times|multiplied by|минус|minus)"
_SUM = re.compile(rf"(?<![\w.,^*+-])\d+(?: ?{_OPERATION} ?\d+)+(?![\w^!]|[.,]\d| ?[\^!])")
_BETWEEN = re.compile(r"(?:между|between|от|from|с) (\d+) (?:и|and|до|to|по) (\d+)")


def _computed(match: re.Match[str]) -> str:
    """ "is 17 times 13 divisible by 11": the number that is meant."""
    exact = rational(evaluate(parse(match.group())))
    return str(exact) if exact is not None and exact.denominator == 1 else match.group()


class NumberTheory(TextTool):
    name = "number_theory"

    def reply(self, text: str, language: Language, context: AnswerContext) -> str:
        request = digits(text, ordinals=True).rstrip(" ?.!")
        request = (
            re.sub(r"(?<=\d) (?=\d{3}(?!\d))", "", request)
            if re.search(r"\b\d{1,3}(?: \d{3})+\b", request) and not re.search(r"нод|нок|gcd|lcm", request)
            else request
        )
        request = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", request) if language == "en" else request
        request = _SUM.sub(_computed, request)
        ways: tuple[Callable[[str, str, Language], str | None], ...] = (
            partial(notations.roman, self.words), partial(notations.bases, self.words), self._fibonacci, self._common, self._remainders, self._primes, self._divisors, self._kinds, self._rest,
        )  # fmt: skip
        for way in ways:
            answer = way(request, text, language)
            if answer is not None:
                return answer
        raise NotMine

    def _fibonacci(self, request: str, text: str, language: Language) -> str | None:
        if not re.search(r"фибоначч|fibonacci", request):
            return None
        numbers = numbers_of(request)
        if re.search(r"до |up to|below|under|меньше", request) and numbers:
            at_most(numbers[-1], 10**30)
            row = [1, 1]
            while row[-1] + row[-2] <= numbers[-1]:
                row.append(row[-1] + row[-2])
            return self.words.say("fibonacci_list", language, list=", ".join(map(str, row)))
        if re.search(r"1-th (\d+)|перв\w+ (\d+)|first (\d+)", request) and len(numbers) == 2:
            count = numbers[-1]
            at_most(count, 60)
            return self.words.say(
                "fibonacci_list", language, list=", ".join(str(integers.fibonacci(k)) for k in range(1, count + 1))
            )
        if len(numbers) != 1:
            return None
        n = numbers[0]
        if re.search(r"является|^is\b|числом фибоначчи|a fibonacci number", request) and not re.search(r"-th", request):
            a, b = 0, 1
            at_most(n, 10**60)
            while b < n:
                a, b = b, a + b
            return (
                self.words.say("is_fibonacci", language, n=n)
                if n in (a, b)
                else self.words.say("no_fibonacci", language, n=n, low=a, high=b)
            )
        at_most(n, 200)
        return self.words.say("fibonacci", language, n=n, result=integers.fibonacci(n))

    def _common(self, request: str, text: str, language: Language) -> str | None:
        numbers = numbers_of(request)
        euclid = re.search(r"евклид|euclid", request)
        gcd = euclid or re.search(
            r"\bнод\b|наибольш\w+ общ\w+ делител|общий делитель|gcd|gcf|hcf|greatest common|largest number dividing|самое большое число,? на которое",
            request,
        )
        lcm = re.search(
            r"\bнок\b|наименьш\w+ общ\w+ кратн|общее кратное|lcm|least common|lowest common|smallest number divisible|наименьшее число,? дел|назови число,? котор\w+ делится|name a number that divides",
            request,
        )
        if re.search(r"взаимно прост|coprime|relatively prime", request) and len(numbers) == 2:
            a, b = numbers
            shared = math.gcd(a, b)
            return self.words.say("coprime" if shared == 1 else "not_coprime", language, a=a, b=b, gcd=shared)
        if not gcd and not lcm:
            return None
        if len(numbers) < 2:
            return None
        for n in numbers:
            bounded(n, 60)
            if n == 0 and lcm:
                raise Refused("whole_only")
        shown = ", ".join(map(str, numbers))
        if euclid and len(numbers) == 2:
            a, b = max(numbers), min(numbers)
            steps: list[str] = []
            while b and len(steps) < 30:
                steps.append(f"{a} = {b} · {a // b} + {a % b}")
                a, b = b, a % b
            return self.words.say("euclid", language, steps=", ".join(steps) or str(a), gcd=a)
        if gcd and lcm:
            return self.words.say("both", language, list=shown, gcd=math.gcd(*numbers), lcm=math.lcm(*numbers))
        if lcm:
            return self.words.say("lcm", language, list=shown, result=math.lcm(*numbers))
        return self.words.say("gcd", language, list=shown, result=math.gcd(*numbers))

    def _remainders(self, request: str, text: str, language: Language) -> str | None:
        numbers = [
            int(match[0].replace("-th", "")) for match in re.finditer(r"(?<![\w.,])-?\d+(?:-th)?(?![\w.,]\d)", request)
        ]
        if (
            re.search(r"обратн\w+ (?:число )?(?:к|для|элемент)|inverse of", request)
            and re.search(r"\bmod|модул", request)
            and len(numbers) == 2
        ):
            a, m = numbers
            if m < 2:
                raise Refused("whole_only")
            shared = math.gcd(a, m)
            if shared != 1:
                return self.words.say("no_inverse", language, a=a, m=m, gcd=shared)
            return self.words.say("inverse", language, a=a, m=m, result=pow(a, -1, m))
        if re.search(r"остат|remainder|left over|\bmod\b|modulo|по модулю", request):
            power = re.search(r"(\d+) ?(?:\^|\*\*|в степени|to the power(?: of)?) ?(\d+)", request)
            if power and len(numbers) == 3:
                base, exponent, m = int(power[1]), int(power[2]), numbers[-1]
                if not m:
                    raise Refused("division_by_zero")
                return f"{base}^{exponent} mod {m} = {pow(base, exponent, m)}."
            if len(numbers) != 2:
                return None
            a, b = numbers
            if not b:
                raise Refused("division_by_zero")
            return self.words.say("remainder", language, a=a, b=b, q=a // b, r=a % b)
        if re.search(
            r"делится ли|делится на|divisible by|divide\w* .*(?:evenly|without)|\bdoes \d+ divide\b|нацело|признак|divisibility",
            request,
        ):
            if re.search(r"признак|rule|как узнать", request):
                return None
            if len(numbers) > 2 and not re.search(r"does \d+ divide", request):
                each = [self._divides(numbers[0], b, language) for b in numbers[1:]]
                return " ".join(each)
            if len(numbers) != 2:
                return None
            a, b = numbers if not re.search(r"does \d+ divide", request) else numbers[::-1]
            return self._divides(a, b, language)
        return None

    def _divides(self, a: int, b: int, language: Language) -> str:
        if not b:
            raise Refused("division_by_zero")
        key = "does_not_divide" if a % b else "divides"
        return self.words.say(key, language, a=a, b=b, q=a // b, r=a % b)

    def _primes(self, request: str, text: str, language: Language) -> str | None:
        numbers = numbers_of(request)
        if not re.search(
            r"прост(?:ое|ые|ым|ых|ого|оту|ой|ота|ым)\b|\bprimes?\b|primality|близнец|гольдбах|goldbach", request
        ) or re.search(r"множител|разлож|factor|(?<!goldbach )decompos|взаимно", request):
            return None
        if between := _BETWEEN.search(request):
            return self._primes_between(int(between[1]), int(between[2]), language)
        if (count := re.search(r"(\d+)-th (?:прост\w+|prime)\D*(?:после|за|after|following)", request)) and len(
            numbers
        ) == 2:
            n, result = numbers[1], numbers[1]
            bounded(n, MAX_DIGITS)
            at_most(int(count[1]), 100)
            for _ in range(int(count[1])):
                result = integers.next_prime(result)
            return self.words.say("prime_after", language, k=int(count[1]), n=n, result=result)
        if len(numbers) != 1:
            return None
        n = numbers[0]
        if re.search(r"близнец|twin", request):
            at_most(n, MAX_LIST)
            row = integers.primes_to(n)
            pairs = [f"({a}, {b})" for a, b in pairwise(row) if b - a == 2]
            return self.words.say(
                "twins", language, n=n, list=", ".join(pairs[:60]) or self.words.say("nothing", language)
            )
        if re.search(r"гольдбах|goldbach", request):
            at_most(n, 10**6)
            pair = next(((p, n - p) for p in integers.primes_to(n // 2) if integers.is_prime(n - p)), None)
            return (
                self.words.say("goldbach", language, n=n, a=pair[0], b=pair[1])
                if pair
                else self.words.say("no_goldbach", language, n=n)
            )
        bounded(n, MAX_DIGITS)
        if re.search(r"сколько простых|how many primes|number of primes|количество простых", request):
            at_most(n, 2_000_000)
            return self.words.say("count_primes", language, n=n, count=len(integers.primes_to(max(n, 1))))
        if re.search(r"следующ|после|\bnext\b|after|bigger than|больше", request):
            return self.words.say("next_prime", language, n=n, result=integers.next_prime(n))
        if re.search(r"предыдущ|перед|before|previous", request):
            found = integers.previous_prime(n)
            return (
                self.words.say("no_previous", language, n=n)
                if found is None
                else self.words.say("previous_prime", language, n=n, result=found)
            )
        if re.search(r"ближайш|closest|nearest", request):
            below = integers.previous_prime(n + 1)
            above = integers.next_prime(n - 1)
            result = above if below is None or above - n < n - below else below
            return self.words.say("nearest_prime", language, n=n, result=result)
        if re.search(r"-th прост|-th prime|prime number \d|простое число номер|-е прост", request):
            at_most(n, MAX_LIST)
            if n < 1:
                raise Refused("whole_only")
            return self.words.say(
                "nth_prime",
                language,
                n=n,
                result=integers.primes_to(max(20, int(n * (math.log(n) + math.log(math.log(n) + 1) + 2))))[n - 1],
            )
        if re.search(r"\bдо\b|меньше|below|up to|under|less than|list|назови|все\b", request):
            at_most(n, 1000)
            return self.words.say(
                "primes",
                language,
                n=n,
                list=", ".join(map(str, integers.primes_to(max(n, 1)))) or self.words.say("nothing", language),
            )
        if n in (0, 1):
            return self.words.say("neither", language, n=n)
        if n < 0:
            raise Refused("whole_only")
        if integers.is_prime(n):
            return self.words.say("prime", language, n=n)
        return self.words.say("composite", language, n=n, factors=integers.product_of_primes(n))

    def _primes_between(self, low: int, high: int, language: Language) -> str:
        at_most(high, MAX_LIST)
        row = [p for p in integers.primes_to(max(high, 1)) if p >= low]
        shown = ", ".join(map(str, row[:60])) + ("…" if len(row) > 60 else "")
        nothing = self.words.say("nothing", language)
        return self.words.say("primes_between", language, a=low, b=high, list=shown or nothing)

    def _divisors(self, request: str, text: str, language: Language) -> str | None:
        numbers = numbers_of(request)
        if len(numbers) != 1:
            return None
        n = numbers[0]
        factor = re.search(
            r"множител|факториз|разлож\w+ (?:числ\w+ )?\d* ?на прост|разложение|factori[sz]|prime factor|factor \d|decompos",
            request,
        )
        listed = re.search(
            r"делител|на (?:какие числа|что) делится|divisors?|factors of|numbers divide|сколько делителей", request
        )
        if not factor and not listed:
            return None
        if n < 1:
            raise Refused("whole_only")
        bounded(n, MAX_DIGITS)
        if factor and not (listed and not re.search(r"прост|prime", request)):
            if integers.is_prime(n) or n == 1:
                return self.words.say("is_prime_itself" if n > 1 else "neither", language, n=n)
            return self.words.say("factors", language, n=n, factors=integers.product_of_primes(n))
        row = integers.divisors(n)
        shown = ", ".join(map(str, row[:60])) + ("…" if len(row) > 60 else "")
        if re.search(r"сумм|\bsum\b", request):
            return self.words.say("sum_divisors", language, n=n, result=sum(row))
        if re.search(r"сколько|how many|количество|number of", request):
            return self.words.say("count_divisors", language, n=n, count=len(row), list=shown)
        return self.words.say("divisors", language, n=n, list=shown, count=len(row))

    def _kinds(self, request: str, text: str, language: Language) -> str | None:
        request = re.sub(r"(power of|степен\w+) 2$", r"\1 two", request)
        numbers = numbers_of(request)
        if len(numbers) != 1:
            return None
        n = numbers[0]
        if re.search(r"совершенн\w+ числ\w+ (?:до|меньше)|perfect numbers (?:less|up|below|under)", request):
            row = [each for each in (6, 28, 496, 8128, 33550336, 8589869056) if each <= n]
            return self.words.say(
                "perfect_list", language, n=n, list=", ".join(map(str, row)) or self.words.say("nothing", language)
            )
        if re.search(r"кратн\w+ (?:числу )?\d|multiples of", request):
            return None
        if re.search(r"четн|\beven\b|\bodd\b", request):
            return self.words.say("odd" if n % 2 else "even", language, n=n)
        if (
            re.search(
                r"\bквадратом\b|\ba square\b|полн\w+ квадрат|perfect square|square number|точный квадрат", request
            )
            and n >= 0
        ):
            root = math.isqrt(n)
            if root * root == n:
                return self.words.say("square", language, n=n, root=root)
            return self.words.say("not_square", language, n=n, low=root, high=root + 1)
        if re.search(r"совершенн|perfect number", request) and n > 0:
            bounded(n, MAX_DIGITS)
            total = sum(integers.divisors(n)) - n
            return self.words.say("perfect" if total == n else "not_perfect", language, n=n, sum=total)
        if re.search(r"степен\w+ двойки|степен\w+ (?:2|two)|power of (?:two|2)", request):
            yes = n > 0 and n & (n - 1) == 0
            return self.words.say("power_of_two" if yes else "no_power_of_two", language, n=n, k=n.bit_length() - 1)
        if re.search(r"палиндром|palindrome", request):
            return self.words.say("palindrome" if str(n) == str(n)[::-1] else "no_palindrome", language, n=n)
        return None

    def _rest(self, request: str, text: str, language: Language) -> str | None:
        numbers = numbers_of(request)
        if re.search(r"сумм\w+ цифр|digit sum|sum of (?:the |all )?digits", request) and len(numbers) == 1:
            return self.words.say("digit_sum", language, n=numbers[0], result=sum(map(int, str(abs(numbers[0])))))
        formula = re.search(
            r"(?:последн\w+ цифр\w+|last digit)(?: of| числа| у)? (.+)|(?:сколько (?:цифр|знаков)|how many digits)(?: в| есть| does| do| in| are in| has)*(?: числе| числа)? (.+?)(?: have| has)?$",
            request,
        )
        if formula:
            last = formula[1]
            said = last or formula[2]
            power = re.fullmatch(
                r"(?:числа )?(\d+) ?(?:\^|\*\*|в степени|to the power(?: of)?|to the) ?(\d+)(?:-th)?(?: power| степени)?",
                said,
            )
            if power and last:
                return self.words.say(
                    "last_digit", language, n=f"{power[1]}^{power[2]}", result=pow(int(power[1]), int(power[2]), 10)
                )
            exact = rational(evaluate(parse(said)))
            if exact is None or exact.denominator != 1:
                return None
            if last:
                return self.words.say("last_digit", language, n=said, result=abs(int(exact)) % 10)
            return self.words.say(
                "digit_count", language, n=f"{power[1]}^{power[2]}" if power else said, count=len(str(abs(int(exact))))
            )
        if re.search(r"функци\w+ эйлера|\bphi\b|totient|φ", request) and len(numbers) == 1 and numbers[0] > 0:
            bounded(numbers[0], MAX_DIGITS)
            return self.words.say("totient", language, n=numbers[0], result=integers.totient(numbers[0]))
        if re.search(r"кратн|multiples", request) and len(numbers) == 2 and numbers[0] > 0:
            row = list(range(numbers[0], numbers[1] + 1, numbers[0]))
            shown = ", ".join(map(str, row[:60])) + ("…" if len(row) > 60 else "")
            return self.words.say(
                "multiples", language, a=numbers[0], n=numbers[1], list=shown or self.words.say("nothing", language)
            )
        return None
