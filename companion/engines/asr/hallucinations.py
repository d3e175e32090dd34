"""What Whisper writes where nobody speaks, collected from its users' reports."""

from __future__ import annotations

from companion.engines.asr.normal import bare

_KNOWN = """
you
thank you
thank you very much
thank you so much
thank you for watching
thank you for listening
thank you for your attention
thanks
thanks for watching
thanks for listening
please subscribe
please subscribe to my channel
please like and subscribe
like and subscribe
subscribe
see you next time
i'll see you next time
see you in the next video
i'll see you in the next video
see you in the next one
bye
bye bye
goodbye
the end
to be continued
i'm sorry
so
music
applause
silence
subtitles by the amara org community
transcription by castingwords
untertitel der amara org community
untertitel im auftrag des zdf für funk 2017
vielen dank
vielen dank fürs zuschauen
tschüss
sous titres réalisés par la communauté d'amara org
sous titres réalisés para la communauté d'amara org
sous titrage société radio canada
merci
merci d'avoir regardé cette vidéo
subtítulos realizados por la comunidad de amara org
gracias
gracias por ver el video
sottotitoli creati dalla comunità amara org
grazie per la visione
legendas pela comunidade amara org
obrigado
ondertitels ingediend door de amara org gemeenschap
napisy stworzone przez społeczność amara org
altyazı m k
izlediğiniz için teşekkürler
субтитры сделал dimatorzok
продолжение следует
спасибо за просмотр
ご視聴ありがとうございました
ありがとうございました
谢谢观看
谢谢大家
請不吝點贊訂閱
시청해주셔서 감사합니다
감사합니다
"""

KNOWN = frozenset(_KNOWN.strip().splitlines())
"""Known hallucinations in the form `phrase` gives."""


def phrase(text: str) -> str:
    """`text` in lower case, its words joined by single spaces, without punctuation: the form of `KNOWN`."""
    parts = text.replace(".", " ").replace("-", " ").split()
    return " ".join(filter(None, map(bare, parts)))
