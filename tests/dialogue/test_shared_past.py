"""Which questions only the shared past can answer."""

from pathlib import Path

import pytest

from companion.dialogue.shared_past import asks_about_past


@pytest.mark.parametrize(
    "text",
    [
        "What's my sister's name?",
        "Do you remember where I parked?",
        "Did I tell you about the trip?",
        "Who is coming on Friday?",
        "What did I say about Jonas?",
        "Have I ever mentioned Amy?",
        "What is my locker code?",
        "When is my dentist appointment?",
        "Where do I live?",
        "What do I do for work?",
        "Where does she live?",
        "What's her name?",
        "When is the wedding?",
        "What's planned for tomorrow?",
        "Do you know my name?",
        "Do you remember my sister?",
        "How old is my brother?",
        "What was the name of my dog?",
        "Where did we meet?",
        "When did I last see Amy?",
        "What did we talk about yesterday?",
        "Who did I have lunch with on Monday?",
        "What's the name of my boss?",
        "Which train am I taking?",
        "What am I allergic to?",
        "I can't remember where I put my keys.",
        "Remind me what my code is.",
        "Who's coming to dinner?",
        "How many siblings do I have?",
        "Is my mother's birthday in May?",
        "So what's my favourite colour?",
        "What have I told you about my sister?",
        "What do you know about me?",
        "Who is my best friend?",
        "Can you remind me when my exam is?",
        "Did I say when the party starts?",
        "Where did I go last summer?",
        "What did I name my cat?",
        "Why did I quit my job?",
        "What time is my flight?",
        "What did Peter say about his holiday?",
        "What is Lena's job?",
        "Who is Sarah?",
        "Who's Sarah?",
        "Do you know who Sarah is?",
        "When did my sister get married?",
        "Where does Amy's boss live?",
        "Does Ben like fish?",
        "How old is Peter?",
    ],
)
def test_only_the_shared_past_answers(text):
    assert asks_about_past(text)
    assert asks_about_past(f"Hey, {text[0].lower()}{text[1:]}")


@pytest.mark.parametrize(
    "text",
    [
        "What's the capital of France?",
        "How do I cook rice?",
        "What should I do about my boss?",
        "What do you think about cats?",
        "How are you?",
        "Can I ask you something?",
        "What can we talk about?",
        "Do I look tired?",
        "Tell me a story.",
        "What time is it?",
        "Who wrote Hamlet?",
        "How do I get rid of my cold?",
        "My sister is called Amy.",
        "What's the weather like?",
        "Do you like music?",
        "Who is the president?",
        "Where is Peru?",
        "When was Napoleon born?",
        "How can I fix my bike?",
        "Am I boring you?",
        "Why is the sky blue?",
        "I remember my sister.",
        "Do you know a good joke?",
        "Can you help me with my essay?",
        "What would you do in my place?",
        "I don't know what to do.",
        "Should I call my mother?",
        "What do you know about quantum physics?",
        "How do they make cheese?",
        "Why do people yawn?",
        "How are they made?",
        "Who made the first car?",
        "Who brought potatoes to Europe?",
        "What do we need for pancakes?",
        "What is our galaxy called?",
        "Do we have free will?",
        "Are we alone in the universe?",
        "Where do we come from?",
        "What are we made of?",
        "What happens when we die?",
        "Why do we dream?",
        "What makes me happy?",
        "What's wrong with me?",
        "What do you like about me?",
        "Can you give me a tip?",
        "What did you do today?",
        "How do you feel about me?",
        "Who told you that?",
        "Do you want to tell me something?",
        "Why did they build the pyramids?",
        "What did the Romans do for us?",
        "Do you like me?",
        "Was that a joke?",
        "Have you eaten?",
        "Did you sleep well?",
        "Are you there?",
        "Who is Napoleon?",
        "Who is Taylor Swift?",
        "What did Newton say about gravity?",
        "What is Einstein's theory?",
        "What does NATO do?",
        "When was Tchaikovsky born?",
        "Where is Oslo?",
    ],
)
def test_the_world_or_an_opinion_does(text):
    assert not asks_about_past(text)


def test_questions_that_others_wrote_are_told_apart():
    """80 of them; at first sight 23 of the 40 about the shared past were known for it, and none of the other
    40 was taken for one."""
    file = Path(__file__).parents[1] / "data" / "past_questions_unseen.tsv"
    rows = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()[1:]]
    found = [(text, past == "1", asks_about_past(text)) for text, past in rows]

    assert [text for text, past, taken in found if taken and not past] == []
    assert sum(taken for _, past, taken in found if past) >= 0.95 * sum(past for _, past, _ in found)
