"""Names of columns that stand as headlines in many papers, and tell no event.

They know nothing of a stream; what a stream repeats under one name is found by core.series.
"""

from __future__ import annotations

from aggregator.core.text import fold

_COLUMNS = {
    "en": """morning briefing|evening briefing|daily briefing|news briefing|opinion|comment|
        editorial|the editorial|video|watch|live|live updates|live blog|letters|
        letters to the editor|reader letters|news in brief|in brief|briefs|photos of the day|
        photo of the day|picture of the day|pictures of the day|the week in pictures|crossword|
        sudoku|quiz|quiz of the week|police log|police blotter|court roll|obituaries|deaths|
        horoscope|your horoscope|weather|weather forecast|traffic|cartoon|podcast|newsletter|
        gallery|corrections|breaking news|top stories|headlines|what to watch|tv tonight|
        on this day|today in history|word of the day|subscribers only""",
    "de": """morgenbriefing|der morgen|der tag|meinung|kommentar|leitartikel|video|live|liveblog|
        liveticker|newsticker|leserbriefe|leserbrief|kurz notiert|kurz und knapp|kurznachrichten|
        meldungen|nachrichten|bilder des tages|bild des tages|kreuzworträtsel|rätsel|quiz|
        polizeibericht|polizeimeldungen|todesanzeigen|horoskop|wetter|das wetter|verkehr|
        karikatur|podcast|fernsehen heute|tv-tipps|presseschau|korrektur""",
    "fr": """le brief du matin|la matinale|opinion|tribune|éditorial|édito|chronique|vidéo|
        en direct|direct|courrier des lecteurs|en bref|brèves|les brèves|photos du jour|
        photo du jour|mots croisés|quiz|faits divers|nécrologie|avis de décès|horoscope|météo|
        la météo|programme télé|revue de presse|podcast|rectificatif""",
    "es": """resumen de la mañana|boletín matutino|las noticias del día|opinión|editorial|columna|
        vídeo|video|en vivo|en directo|cartas al director|cartas de los lectores|en breve|breves|
        fotos del día|foto del día|crucigrama|quiz|sucesos|obituarios|esquelas|horóscopo|
        el tiempo|tráfico|viñeta|pódcast|fe de errores""",
    "it": """il punto del mattino|buongiorno|opinioni|editoriale|il commento|video|in diretta|
        diretta|lettere|lettere al direttore|in breve|brevi|foto del giorno|la foto del giorno|
        parole crociate|cruciverba|quiz|cronaca nera|necrologi|oroscopo|meteo|il meteo|
        programmi tv|rassegna stampa|podcast|errata corrige""",
    "pt": """resumo da manhã|as notícias do dia|opinião|editorial|crónica|vídeo|ao vivo|em direto|
        cartas ao diretor|cartas dos leitores|em resumo|breves|curtas|fotos do dia|foto do dia|
        palavras cruzadas|quiz|necrologia|obituário|horóscopo|previsão do tempo|meteorologia|
        programação da tv|podcast|errata""",
    "nl": """ochtendbriefing|opinie|commentaar|hoofdredactioneel commentaar|column|video|live|
        liveblog|ingezonden brieven|lezersbrieven|kort nieuws|in het kort|kort|foto van de dag|
        foto's van de dag|kruiswoordpuzzel|quiz|overlijdensberichten|horoscoop|weerbericht|
        het weer|vanavond op tv|podcast|rectificatie""",
    "sv": """morgonbrev|ledare|ledaren|krönika|debatt|opinion|video|direkt|live|insändare|
        kort sagt|i korthet|notiser|dagens bild|dagens bilder|korsord|quiz|polisnotiser|
        dödsannonser|horoskop|vädret|väder|kvällens tv|podd|rättelse""",
    "pl": """poranny przegląd|przegląd prasy|opinie|opinia|komentarz|felieton|wideo|na żywo|
        relacja na żywo|listy do redakcji|w skrócie|krótko|zdjęcia dnia|zdjęcie dnia|krzyżówka|
        quiz|kronika policyjna|nekrologi|horoskop|pogoda|program telewizyjny|podcast|
        sprostowanie""",
    "tr": """sabah bülteni|günün özeti|görüş|köşe yazısı|başyazı|video|canlı|canlı yayın|
        okur mektupları|kısa kısa|kısa haberler|günün fotoğrafı|günün fotoğrafları|bulmaca|
        vefat ilanları|burçlar|günlük burç|hava durumu|televizyonda bugün|düzeltme""",
    "ru": """утренний дайджест|главное за день|главное к этому часу|мнение|колонка|передовица|
        видео|онлайн|прямая трансляция|письма читателей|коротко|новости кратко|фото дня|кроссворд|
        викторина|происшествия|некролог|гороскоп|гороскоп на сегодня|погода|программа передач|
        подкаст|поправка""",
    "uk": """ранковий дайджест|головне за день|думка|колонка|відео|онлайн|наживо|листи читачів|
        коротко|фото дня|кросворд|вікторина|некролог|гороскоп|погода|програма телепередач|
        подкаст""",
    "ar": """موجز الصباح|موجز الأنباء|موجز الأخبار|نشرة الأخبار|رأي|افتتاحية|كلمة العدد|فيديو|
        بث مباشر|مباشر|رسائل القراء|بريد القراء|أخبار قصيرة|باختصار|صورة اليوم|صور اليوم|
        الكلمات المتقاطعة|وفيات|الأبراج|حالة الطقس|الطقس""",
    "zh": """早报|晚报|早安新闻|社论|评论|视频|直播|读者来信|简讯|新闻简报|今日图片|填字游戏|讣告|
        今日运势|天气预报""",
    "ja": """朝刊|夕刊|社説|論説|動画|速報|読者の声|投書|短信|今日の写真|クロスワード|訃報|
        今日の運勢|天気予報""",
}
_BEGINNINGS = {
    "en": """five things to know|things to know|what you need to know today|what to know today|
        are you smarter|quiz:|quiz of the|watch:|video:|listen:|podcast:|in pictures:|
        your horoscope|what is on television|what's on tv|letters to the editor:|cartoon of|
        crossword of""",
    "de": """fünf dinge|das wird heute wichtig|das müssen sie heute wissen|quiz:|das quiz|video:|
        podcast:|ihr horoskop|ihr tageshoroskop|was läuft heute|heute im fernsehen""",
    "fr": """cinq choses à savoir|ce qu'il faut savoir|quiz :|vidéo :|vidéo.|votre horoscope|
        ce soir à la télé""",
    "es": """cinco cosas que|cinco claves|las claves del día|quiz:|vídeo:|video:|su horóscopo|
        tu horóscopo|horóscopo de hoy|qué ver hoy""",
    "it": """cinque cose da sapere|le notizie di oggi|quiz:|video:|il tuo oroscopo|oroscopo di|
        stasera in tv""",
    "pt": """cinco coisas|o que precisa de saber|o que você precisa saber|quiz:|vídeo:|
        horóscopo de|o que ver hoje""",
    "nl": """vijf dingen|dit moet je weten|quiz:|video:|uw horoscoop|je horoscoop|
        vanavond op tv""",
    "sv": """fem saker|det här behöver du veta|quiz:|video:|ditt horoskop|kvällens tv""",
    "pl": """pięć rzeczy|co trzeba wiedzieć|quiz:|wideo:|twój horoskop|horoskop na|
        co w telewizji""",
    "tr": """bilmeniz gereken beş|günün öne çıkan|video:|günlük burç yorum""",
    "ru": """пять вещей|что нужно знать|тест:|видео:|ваш гороскоп|гороскоп на|что посмотреть""",
    "uk": """п'ять речей|що треба знати|тест:|відео:|гороскоп на""",
}


def _folded(table: dict[str, str]) -> list[str]:
    return [fold(" ".join(name.split())) for names in table.values() for name in names.split("|")]


COLUMNS = frozenset(_folded(_COLUMNS))
"""Folded, whole headlines."""
BEGINNINGS = tuple(_folded(_BEGINNINGS))
"""Folded; a headline that begins so, and goes on."""
