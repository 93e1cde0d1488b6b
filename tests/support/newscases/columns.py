"""What an outlet brings again and again under one name: each is a story of its own.

Horoscopes, letters of the morning, pages of a live blog, quizzes, crosswords and recipe columns.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from newscases.model import Case

CATEGORY = "template: columns"
_SIGNS = (
    "Aries", "Taurus", "Gemini", "Cancer", "Leo", "Virgo", "Libra", "Scorpio", "Sagittarius",
    "Capricorn", "Aquarius", "Pisces",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


def cases() -> Iterator[Case]:
    yield Case.of("horoscopes", CATEGORY, _horoscopes())
    yield Case.of("five things to know", CATEGORY, _newsletters())
    yield Case.of("live blogs", CATEGORY, _live())
    yield Case.of("quiz and crossword", CATEGORY, _quizzes())


_LOVE = (
    "somebody from the past writes to you; answer, but not at once",
    "a quarrel ends because one of you laughs; let it be you",
    "singles meet a person with cold hands and a warm voice",
    "your partner wants to talk about money and means trust",
    "what you do not say today will be easier to say on Sunday",
)
_WORK = (
    "a colleague needs your help and will remember it",
    "finish the small things before you begin the large one",
    "the offer is good, yet read it to the end",
    "a meeting is moved and an hour is given to you",
    "your idea is taken up by somebody louder; smile",
)
_HEALTH = (
    "go for a walk before the evening meal",
    "less coffee and more sleep would do no harm",
    "your back asks for a better chair",
    "drink water, stretch, breathe",
    "a cold may come; soup is the answer",
)


def _horoscopes() -> Iterator[dict[str, Any]]:
    """Of one outlet; another takes over a few of them."""
    rng = random.Random("horoscopes")
    for day in range(2):
        for number, sign in enumerate(_SIGNS):
            planet = rng.choice(["Venus", "Mars", "Mercury", "Jupiter", "Saturn", "The Moon"])
            text = (
                f"{planet} stands in your {rng.choice(['second', 'fifth', 'ninth'])} house "
                f"on {_DAYS[day]}, dear {sign}, and brings movement into things that have stood "
                f"still for long. Love: {rng.choice(_LOVE)}. Work: {rng.choice(_WORK)}. Health: "
                f"{rng.choice(_HEALTH)}. Your lucky number is {rng.randrange(1, 99)}, your colour "
                f"is {rng.choice(['green', 'blue', 'amber', 'white', 'red'])}. The stars incline, "
                "they do not compel: what you make of this day is in your own hands. Our "
                "astrologer Madame Oriole has read the heavens for this paper since 1991. Would "
                "you like to have your personal chart drawn? Send the hour and place of your "
                "birth and a stamped envelope to the editors."
            )
            title = f"Your horoscope for {_DAYS[day]}: {sign}"
            hours = 24 * day + number / 12
            table = {"title": title, "story": f"{sign} {day}", "text": text}
            yield {**table, "source": "Star Gazette", "hours": hours}
            if number % 5 == day:
                yield {**table, "source": "Evening Globe", "hours": hours + 2, "relation": "copy"}


_THINGS = (
    "Parliament votes on the new school law; the result is expected by noon.",
    "The trains of the eastern line run every hour again after the works at Pellow.",
    "At Lomas the grape growers meet to talk about hail and insurance.",
    "The price of bread rises by four cents, says the guild of bakers.",
    "A whale has been seen off Hagavik, and the ferry takes a detour.",
    "Carrick Rovers look for a new goalkeeper after the injury of Siobhan Kerr.",
    "The museum at Brigel opens its tower for visitors who are good at stairs.",
    "In Westmere the Larks inquiry hears the last of its witnesses.",
    "Students of the Harrow college sleep in the library as a protest against rents.",
    "The comet that was promised can be seen with field glasses before sunrise.",
    "Nordhavn Marine publishes its figures for the year.",
    "The court of Ravensmoor decides on bail for the banker Haszler.",
    "Snow is forecast above 900 metres; the passes to Belmar may close.",
    "Tailors strike in Oberlind, and the opera sings in yesterday's clothes.",
    "The last telephone box of the county is auctioned off for the hospice.",
)


def _newsletters() -> Iterator[dict[str, Any]]:
    """The things overlap from one outlet to another, as they do; the letters are no one event."""
    rng = random.Random("newsletters")
    frames = (
        (
            "Good morning. Here is what you need to know before you leave the house.",
            (
                "That was it for this morning. Has a friend passed this letter on to you? Then "
                "subscribe to it yourself, it costs nothing and arrives at half past six. Write to "
                "us with what we have missed."
            ),
        ),
        (
            "The kettle is on, the paper is here, and these are the subjects of the day.",
            (
                "Our reporters follow all of this for you on our pages. You get this mail because "
                "you have asked for it; by a click you get it no longer."
            ),
        ),
    )
    for day in range(4):
        today = rng.sample(_THINGS, 9)
        for number, outlet in enumerate(("Capital Courier", "Northern Gazette")):
            things = rng.sample(today, 5)
            yield {
                "source": outlet,
                "title": f"Five things to know on {_DAYS[day]}",
                "hours": 24 * day + number / 2,
                "text": "\n\n".join(
                    [
                        frames[number][0],
                        *(f"{at}. {thing}" for at, thing in enumerate(things, 1)),
                        frames[number][1],
                    ]
                ),
            }


_LIVE = (
    (
        "Storm Gerda hits the coast",
        "gerda",
        (
            (
                "06.10: Gusts of 131 kilometres an hour are measured at the lighthouse of Skerry. "
                "07.45: Ferries to Little Tarn do not run. 09.20: A tree has fallen across the A1 "
                "near Lyngvik; nobody is hurt. 11.00: Schools send the children home."
            ),
            (
                "06.30: The wind has turned to the north. 08.05: 14,000 households at Hagavik are "
                "without electricity. 10.15: The roof of the fish hall has gone into the harbour. "
                "12.40: The prime minister, Gyda Halvorsen, cuts short her journey."
            ),
        ),
    ),
    (
        "Elections in Ostmark",
        "ostmark",
        (
            (
                "08.00: The polling stations are open. 10.30: Runa Sorby votes in her old school "
                "in Vik. 12.00: Turnout is 31 per cent, two more than four years ago. 15.10: In "
                "Holm the ballot papers have run out and are brought by taxi."
            ),
            (
                "07.20: The count goes on after a short night. 09.00: Sorby's list is ahead by "
                "4,100 votes. 11.50: The Farmers' League asks for a recount in Holm. 14.00: "
                "Markets open calmly, the crown gains a little."
            ),
        ),
    ),
)


def _live() -> Iterator[dict[str, Any]]:
    """A day's page may join the page of the day before, by whatever relation."""
    for at, (subject, story, days) in enumerate(_LIVE):
        for day, entries in enumerate(days):
            yield {
                "source": "Northern Gazette",
                "title": f"{subject}: live updates, day {day + 1}",
                "hours": 24 * day + at,
                "story": story,
                "relation": "new" if day == 0 else "new|report|rewrite|same",
                "text": "Follow the events with us; the latest entries stand at the bottom of the "
                f"page. All times are local times.\n\n{entries}\n\nWe close this page now. "
                "Thank you for having been with us. Our reporters continue tomorrow morning at "
                "six with a new page. Send us your pictures and questions, but do not put "
                "yourself in danger for them.",
            }


_QUESTIONS = (
    "Which river flows through Lindhaven?", "Who wrote the memoirs A Lamp for Marlow?",
    "In what year was the bridge of Peral built?", "What is the capital of Tavria called?",
    "How many strings has a nyckelharpa, leaving out the drones?", "Which metal melts in the hand?",
    "Who won the Culver Chase at 66 to 1?", "What do you call a young swan?",
    "How many squares has a chessboard, of all sizes?", "What is kept in a columbarium?",
    "Which planet turns on its side?", "What was carried by the clipper Ariel?",
)  # fmt: skip


_QUIZ_FRAMES = (
    (
        "Evening Globe",
        "Are you smarter than our editors? The quiz",
        "Ten minutes, six questions, no telephone. Here is this week's quiz.",
        (
            "The answers are printed upside down on the last page. Have you got all of them right? "
            "Then you may call yourself an editor for a week, without pay."
        ),
    ),
    (
        "Culver Bugle",
        "Quiz of the week",
        (
            "How well have you read the Bugle? The landlord of the Swan has asked the following in "
            "his back room on Tuesday, and nobody knew it all."
        ),
        "Solutions next week. The winning table was the bell-ringers, for the third time.",
    ),
)


def _quizzes() -> Iterator[dict[str, Any]]:
    rng = random.Random("quizzes")
    for week in range(3):
        for number, (outlet, title, before, after) in enumerate(_QUIZ_FRAMES):
            asked = enumerate(rng.sample(_QUESTIONS, 6), 1)
            questions = "\n\n".join(f"{at}. {question}" for at, question in asked)
            yield {
                "source": outlet,
                "title": title,
                "hours": 72 * week + number,
                "text": f"{before}\n\n{questions}\n\n{after}",
            }
        letters = ", ".join(rng.sample(["otter", "lantern", "quay", "ember", "thimble", "yew"], 3))
        yield {
            "source": "Evening Globe",
            "title": "Crossword",
            "hours": 72 * week + 5,
            "text": f"Today's crossword was set by {rng.choice(['Magpie', 'Brock', 'Tansy'])}. "
            f"Solution of the last one, across: {letters}. One in {rng.randrange(3, 30)} readers "
            "has sent in the right word, and the dictionary goes to a reader in "
            f"{rng.choice(['Harrow', 'Lomas', 'Carrow', 'Pellow'])}. The diagram is for "
            "subscribers. Send the word in the marked squares on a postcard, with your address, "
            "before Thursday. Members of the staff may not take part. There is no appeal.",
        }
