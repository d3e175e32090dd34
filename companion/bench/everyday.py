"""What people say to somebody at the kitchen table, for measuring when a turn is over.

Spoken orders and read sentences end plainly; talk is shorter, asks more, and breaks off where it could end.
The turns were written by somebody who had seen neither the code nor the recordings, and are spoken by the
voice that she has: a synthetic one's melody says less about an end than a person's.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from companion.audio import RATE
from companion.bench.pauses import LONGEST, QUIET, SHORTEST, Item, Sound
from companion.bench.spoken import spoken
from companion.engines.tts import Synthesizer

LEAD = 0.5
"""Seconds of silence before a turn."""

TONE = 10 ** (-66 / 20)
"""RMS of the room's own noise."""


def items(voice: Synthesizer) -> Iterator[Item]:
    """Every turn that is whole, and every one with a pause in it, at its bar; half of each is `unseen`."""
    random = np.random.default_rng(4)
    for number, line in enumerate((*_lines(WHOLE), *_lines(TORN))):
        before, bar, behind = line.partition(" | ")
        sound, words = spoken(voice, f"{before} {behind}".strip(), RATE)
        pause = float(random.uniform(SHORTEST, LONGEST)) if bar else None
        at = words[len(before.split()) - 1].end
        cut = round(at * RATE)
        parts = [_seconds(LEAD), sound[:cut], _seconds(pause or 0.0), sound[cut:], _seconds(QUIET)]
        audio = np.concatenate(parts)
        audio += random.normal(0.0, TONE, len(audio)).astype(np.float32)
        yield Item(line, audio, LEAD + at, pause, number % 2 == 1)


def _seconds(seconds: float) -> Sound:
    return np.zeros(round(seconds * RATE), np.float32)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().splitlines()]


WHOLE = """
    I burned the toast again.
    Who were you talking to just now?
    It's late. I should go to bed.
    Give me one good reason to get up.
    What's it like being you?
    I feel a bit silly now.
    Am I talking too much?
    What should I cook tonight?
    I've decided to learn the piano.
    I made soup. It's awful.
    There's a fox in the garden.
    Turn the music down a little.
    He wrote back! Want to hear it?
    I don't feel like going out tonight.
    Is that a yes?
    It's too quiet in here since Dad left.
    Can you hear the rain?
    Let's talk about something else.
    I got the job!
    The tomatoes are coming up nicely.
    Could you fall in love with a song?
    Should I call him back?
    That's sweet. You didn't have to say it.
    Have I got anything planned for Thursday?
    Don't let me forget the umbrella.
    Nobody remembered my birthday at work.
    Forget it. It doesn't matter.
    Isn't that the saddest thing you've ever heard?
    Tom and I are talking again.
    I hate this coat.
    What do you do when I'm asleep?
    The neighbours are drilling again.
    Was I unfair to my brother?
    Guess what! I passed the test.
    Find me a recipe with leeks and potatoes.
    Are you there? I can't hear you.
    No, that's not what I meant.
    Which one would you pick?
    Just stay with me for a minute.
    My sister's having a baby in the spring.
    How long have we been at this?
    You always know what to say.
    My back's killing me.
    Can a person be lonely in a full house?
    Are you laughing at me?
    Skip the weather today.
    What a day. I need a bath.
    What's your favourite sound?
    I'm fine. Don't worry about me.
    Come on, guess how old she is.
    I couldn't stop crying on the bus.
    And what would you have done?
    Everything tastes better when somebody else makes it.
    Say it more slowly.
    Do you think she's still angry?
    We're thinking of moving to the coast.
    It's been one of those days.
    Never mind that. How are you?
    Will you remember this tomorrow?
    It's finally snowing!
    Does it hurt when I ignore you?
    What did the doctor mean by that, do you think?
    The party was loud. I left early.
    He never says what he means.
    Help me write to my landlord.
    When did you get so funny?
    I lost my keys somewhere between the car and the kitchen.
    Remind me to water the plants when I get home.
    Have you ever changed your mind about me?
    I might skip the gym today.
    Good morning. How did you sleep?
    I'd rather not talk about it.
    Sorry about earlier. I was in a bad mood.
    What are you thinking about?
    Tell me something I don't know.
    The dog won't eat anything but chicken.
    Did I already tell you about the wedding?
    Put milk on the shopping list.
    Has anyone ever been rude to you?
    I keep dreaming about my old school.
    Would you tell me if I was wrong?
    I'm not hungry. Are there any biscuits left, though?
    I think I'm getting a cold.
    How many cups of coffee is too many?
    I slept like a baby.
    She's gone. I don't know what to do.
    We laughed until our stomachs hurt.
    Why can't I just leave it alone?
    Maybe we could watch the film together.
    Wait. Say that again.
    Do you like it when I sing?
    My boss wants everything done by Monday.
    That was a really lovely dinner.
    Please be honest with me.
    What time does the bakery close?
    I haven't danced in years.
    Explain it like I'm a child.
    Is it strange that I miss my old boss?
    Do I sound tired?
    My mum called, and of course we ended up arguing.
    Oh, no. I left the oven on!
    Who taught you to be so patient?
    You're right. I owe her an apology.
    She looked right through me.
    Wake me up at seven, please.
    Where would you go if you had legs?
    Honestly, I'm just glad it's Friday.
    I finally cleaned out the garage.
    Why do people always say that?
    Let's play that word game from last week.
    I like this song. Who's singing?
    Don't you want to know how it ended?
    Tomorrow I'm taking the kids to the zoo.
    You really believe that?
    I saw Anna at the market, and she waved.
    How do you say sorry without making excuses?
    Make up a story about a lost penguin.
    I'm scared of what the scan might show.
    I tried to meditate. I fell asleep.
"""

TORN = """
    I was going to tell her | but I lost my nerve.
    Did he call | while I was in the shower?
    I'm tired | of pretending it's fine.
    Do you believe | people can really change?
    Tell me a story | about a lighthouse.
    Should I wear the blue one | or the grey one?
    I can't sleep | with that light on.
    Do you remember | what I said about the boat?
    I'm home. The train was late | because of the snow.
    What if I say no | and he never asks again?
    I forgot | to feed the cat.
    Who told you | that I was leaving?
    What would you do | with a whole day to yourself?
    Let's go over it | one more time.
    I bought a bike | for my nephew.
    Is it cold | up in the mountains this week?
    I don't know | if I can do this anymore.
    Could you help me | with a letter to the bank?
    She said she was sorry | and then did it again.
    Are you happy | with the way things are?
    Stop me | if I've told you this one.
    Did you like the story | about the old sailor?
    I feel better | now that it's over.
    How long does it take | to get over somebody?
    It's not that bad | once you get used to the smell.
    Where did I go | wrong with this recipe?
    Read it to me | in that silly voice.
    How do you feel | when I'm gone all day?
    He's a nice man | when he's sober.
    Does it ever stop | feeling this heavy?
    Don't laugh. I bought a hat | with feathers on it.
    What do you think | about asking her to move in?
    Work was all right | except for the meeting.
    Can I tell you something | without you getting all serious?
    Remind me | to ring the dentist.
    Was she angry | or just tired, do you think?
    We never talk | about anything real.
    Can you read | my handwriting at all?
    My daughter's coming home | for the whole summer.
    Will you wake me | before the sun comes up?
    Write it down | so I don't lose it.
    What's the matter | with my knee, you reckon?
    The thing is, I miss him | even though I shouldn't.
    Would you come with me | if you could?
    I like you | more than most people I know.
    Play that song | we heard at the beach.
    Have I changed | since we first met?
    Do you know | why the heating's off?
    My neighbour's moving out | at the end of the month.
    Isn't it funny | how quickly you get used to it?
    Don't say anything | until I've finished.
    Is there anything | you'd never do?
    We had a good time | until the bill came.
    Have you ever wondered | what's behind that door?
    I used to paint | before the children came.
    When do we start | looking for a new flat?
    I wanted to ask you | something a bit odd.
    Are you listening | to the rain too?
    I've been thinking | about quitting my job.
    Why are you being so nice | to somebody like me?
"""
