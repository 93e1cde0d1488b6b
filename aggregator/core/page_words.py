"""What pages say that are no articles, in the languages of the press.

Whole phrases that a page says of itself or to its visitor, not words that a report may use.
"""

from __future__ import annotations

import re

CONSENT = re.compile(
    r"""\b(?:cookies?|kookies?|consent|tracking|gdpr|dsgvo|rgpd|ccpa|tcf|personali[sz]ed\ ad\w*
      |legitimate\ interest|privacy\ (?:policy|settings|center|centre|notice)|personal\ data
      |einwilligung\w*|zustimm\w+|datenschutz\w*|personenbezogene\w*|nutzerprofile|werbetracking
      |consentement|données\ personnelles|traceurs|consentimiento|datos\ personales|consenso
      |dati\ personali|consentimento|dados\ pessoais|toestemming|persoonsgegevens|çerez\w*
      |ciasteczk\w*|zgod[ęayi]|dane\ osobowe|samtycke|evästeitä)\b
    | store\ and/or\ access\ information\ on\ a\ device
    | файл\w*\ cookie | куки | персональн\w+\ данн\w+ | ملفات\ تعريف\ الارتباط
    | ملفات\ الارتباط
    | الكوكيز | کوکیز | 隐私(?:政策|设置) | 個人資料 | 个人(?:信息|数据)
    | クッキー | プライバシー""",
    re.VERBOSE | re.IGNORECASE,
)
"""What it is about, which is not enough: reports are about it, too."""

ADDRESSED = re.compile(
    r"""\b(?:we|us|our|you|your
      |wir|uns|unser\w*|ihr|ihre[rn]?|du|dein\w*
      |nous|notre|nos|vous|votre|vos
      |nosotros|nuestr[oa]s?|usted|tus?|utilizamos|usamos
      |noi|nostr[aoie]|utilizziamo|usiamo|tuo[i]?|tue|tua
      |nós|nosso[s]?|nossa[s]?|você|seus?|suas?
      |wij|onze|ons|jij|jouw|uw|vi|oss|våra|din|ditt|dina|vår
      |my|nasz\w*|używamy|twoj\w*|biz|sizin|kullanıyoruz
      |мы|нас|наш\w*|вы|ваш\w*
      |نحن|لنا|نستخدم|موقعنا|شركاؤنا|لديك|لك|جهازك|ہم|ہماری|ہمارے|آپ)\b
    | 我们|我們|您|你的|当社|お客様""",
    re.VERBOSE | re.IGNORECASE,
)
"""Who says it to whom: a notice speaks of us and you."""

CONSENT_TITLES = re.compile(
    r"""\A\W*(?:
      (?:before\ you\ continue|we\ value\ your\ privacy|we\ care\ about\ your\ privacy
      |your\ privacy(?:\ choices|\ matters|\ is\ important)?|privacy\ (?:settings|gate
      |cent(?:er|re))
      |cookie\ (?:consent|settings|notice|wall)|consent|dpg\ media\ privacy\ gate|privacywall
      |bevor\ (?:sie|du)\b.{0,30}fortf\w+
      |datenschutz(?:einstellungen)?|zustimmung\w*|cookie-hinweis
      |avant\ (?:de\ continuer|d['’]accéder)\b.{0,30}|vos\ choix\b.{0,60}
      |paramètres\ (?:des\ cookies|de\ confidentialité)|gestion\ du\ consentement
      |antes\ de\ continuar|tu\ privacidad|su\ privacidad|aviso\ de\ cookies
      |prima\ di\ continuare|la\ tua\ privacy|impostazioni\ (?:cookie|privacy)
      |a\ sua\ privacidade|aviso\ de\ privacidade|voordat\ u\ verdergaat|cookie-?instellingen
      |cookies|настройки\ cookie|конфиденциальность|إعدادات\ الخصوصية|隐私设置|cookie设置)
      \s*(?:\Z|[|·–—:-])
    )""",
    re.VERBOSE | re.IGNORECASE,
)
CONSENT_HOSTS = re.compile(
    r"\A(?:consent|cmp|privacy-?gate|myprivacy|cookies?|cookiewall|privacy-?wall|gdpr)\."
    r"|\A(?:guce)\.",
    re.IGNORECASE,
)
CONSENT_MARKS = (
    *("onetrust", "didomi", "sp_message", "sourcepoint", "usercentrics", "quantcast", "qc-cmp"),
    *("trustarc", "truste", "cookiebot", "iubenda", "consentmanager", "cmpbox", "fundingchoices"),
    *("fc-consent", "axeptio", "cookiewall", "privacygate", "privacy-gate", "consent-page"),
    *("consent-form", "consent-wall", "tarteaucitron", "sfbx", "appconsent", "osano", "termly"),
)
"""In addresses of scripts, in classes and identifiers, all in lower case; as those below."""

ERRORS = re.compile(
    r"""\A\W*(?:error|fehler|erreur|errore|erro|ошибка|خطأ|خرابی|hata|błąd)?\W*
    (?:(?:sorry|oops|uh-oh|hoppla|ups|oups|désolé|entschuldigung)\W+)*(?:
      (?:40[34]|410|50[0234])(?:\W{1,3}(?:not\ found|error|gone|forbidden|page\ not\ found
        |seite\ nicht\ gefunden|page\ (?:non\ trouvée|introuvable)|página\ no\ encontrada
        |(?:bad\ gateway|service\ unavailable|internal\ server\ error|gateway\ time-?out)))?
        \s*(?:\Z|[|·–—:!.-])
    | (?:(?:this|the|that|requested|your)\ )*
      (?:page|article|story|content|url|file|site|link|document|post)s?\b
      (?:\ (?:you\ (?:are|were|requested|['’]re)?\s?(?:looking\ for|requested)?))?
      (?:\ (?:was|is|has|have|could|can|does|no|are))*\ ?
      (?:not\ (?:be\ )?found|cannot\ be\ found|can['’]t\ be\ found|couldn['’]t\ be\ found
      |n['’]t\ (?:exist|available)|not\ exist|longer\ (?:available|exists?)|not\ available
      |unavailable|been\ (?:removed|deleted|moved)|isn['’]t\ available|doesn['’]t\ exist)
    | (?:we\ (?:can['’]t|cannot|could\ not|couldn['’]t)\ find\ (?:this|that|the)\b.{0,20}
        \b(?:page|article|story|post))
    | not\ found\s*(?:\Z|[|·–—:!.-])
    | (?:nothing\ found | internal\ server\ error | bad\ gateway
      | service\ (?:temporarily\ )?unavailable | something\ went\ wrong | temporarily\ unavailable)
      \s*(?:\Z|[|·–—:!.-])
    | (?:(?:die(?:se)?|der|dieser|das)\ )?(?:angeforderte\ |gewünschte\ |gesuchte\ )?
      (?:seite|artikel|beitrag|inhalt|dokument)\ (?:wurde\ |konnte\ |existiert\ |ist\ |leider\ )*
      (?:nicht\ (?:gefunden|mehr\ verfügbar|verfügbar|mehr\ vorhanden)|nicht(?:\ mehr)?\s*\Z)
    | (?:la\ |cette\ |l['’])?(?:page|article|contenu)\b.{0,40}\b(?:introuvable|non\ trouvée?
      |n['’]existe\ (?:pas|plus)|n['’]est\ plus\ disponible)
    | (?:la\ |esta\ |el\ )?(?:página|artículo|noticia|contenido)\b.{0,40}\b(?:no\ (?:ha\ sido[ ]
      |se\ ha\ )?
      encontrad[ao]|no\ existe|no\ (?:está\ )?disponible)
    | (?:la\ |questa\ |l['’])?(?:pagina|articolo
      |contenuto)\b.{0,30}\b(?:non\ (?:è\ stat[ao]\ )?trovat[ao]
      |inesistente|non\ esiste|non\ (?:è\ )?(?:più\ )?disponibile)
    | (?:a\ |esta\ |o\ )?(?:página|artigo|notícia
      |conteúdo)\b.{0,30}\b(?:não\ (?:foi\ )?encontrad[ao]
      |não\ existe|indisponível|não\ está\ (?:mais\ )?disponível)
    | (?:deze\ |de\ )?(?:pagina|artikel)\b.{0,30}\b(?:niet\ gevonden|bestaat\ niet
      |niet\ beschikbaar)
    | (?:strona|artykuł)\b.{0,30}\bnie\ (?:została?\ )?(?:znalezion[ay]|istnieje)
    | sidan\ (?:kunde\ inte\ hittas|hittades\ inte|finns\ inte)
    | (?:страница|статья|материал)\b.{0,30}\b(?:не\ найден[аоы]?|не\ существует|удал[её]н[а]?)
    | сторінк[уа]\ не\ знайдено | sayfa\ bulunamadı | (?:الصفحة|المقال)\b.{0,30}(?:غير\ موجود
      |غير\ متاح|غير\ متوفر) | لم\ يتم\ العثور\ على\ الصفحة | عذرا.{0,20}(?:الصفحة|غير\ موجود)
    | (?:صفحہ|مطلوبہ\ صفحہ|خبر)\b.{0,20}(?:نہیں\ ملا|موجود\ نہیں|دستیاب\ نہیں|نہیں\ ملی)
    | (?:صفحه)\b.{0,20}(?:یافت\ نشد|پیدا\ نشد) | पृष्ठ\ नहीं\ मिला | पेज\ नहीं\ मिला
    | (?:页面|頁面|您访问的页面|该页面|文章|内容).{0,8}
      (?:不存在|未找到|找不到|已删除|已被删除|无法访问)
    | 找不到(?:页面|頁面|该页|此页) | ページが見つかりません | 페이지를\ 찾을\ 수\ 없습니다
    )""",
    re.VERBOSE | re.IGNORECASE,
)
"""In a title or a heading."""

PAYWALL = re.compile(
    r"""\b(?:
      (?:subscribe|sign\ in|log\ in|register|become\ a\ (?:member|subscriber))\b.{0,40}
        \bto\ (?:continue|keep|read|finish|unlock|access|view)\b.{0,20}
        \b(?:reading|(?:this|the|full|whole|rest|more|article|story)\b)
    | (?:to\ (?:continue|keep)\ reading|to\ read\ (?:this|the)\ (?:full\ )?(?:article
      |story))\b.{0,60}
        \b(?:subscri\w+|sign\ in|log\ in|register|account|membership)
    | already\ (?:a|an)\ (?:\w+\ )?(?:subscriber|member)(?:\s?\?|\W+(?:log|sign)\ in)
      | continue\ reading\ (?:this\ article\ )?with\ a
    | (?:this|the)\ (?:article|story|content|page)\ is\ (?:only\ (?:available\ )?(?:for|to)
        |(?:available\ )?(?:only|exclusively)\ (?:for|to)|reserved\ for|for)\ (?:\w+\ ){0,2}
        (?:subscribers|members|premium)
    | (?:subscribers?|members?)[\ -]only\ (?:article|content|story) | exclusive(?:ly)?\ (?:to
      |for)\ (?:our\ )?
        subscribers
    | you(?:['’]ve|\ have)\ (?:reached|used|hit)\b.{0,30}\b(?:free\ articles|article\ limit
      |free\ stories)
    | unlock\ (?:this|the\ full)\ (?:article|story)
    | (?:dieser\ (?:artikel|beitrag|inhalt)|der\ (?:ganze|vollständige)\ artikel)\b.{0,40}
        \b(?:abonnent\w*|abo\b|plus-?\w*|registrierte\w*)
    | (?:jetzt|um)\ weiter(?:zu)?lesen\b.{0,60}\b(?:abo\w*|anmelden|registrier\w+|testen)
    | (?:nur|exklusiv)\ für\ (?:abonnent\w+|\w+-abonnent\w+|mitglieder)
    | (?:sie\ (?:sind|haben)\ bereits|schon)\ (?:ein\ )?(?:abo(?:nnent\w*)?)\b
    | (?:cet\ article|la\ suite|ce\ contenu)\ est\ réservée?\b.{0,15}\babonnés
    | réservé\ (?:à\ nos\ |aux\ )abonnés | il\ vous\ reste\ \S+\ %\ de\ cet\ article\ à\ lire
    | déjà\ abonné | abonnez-vous\ pour\ (?:lire|continuer|accéder)
    | (?:contenido|artículo)\ (?:exclusivo|solo
      |reservado)\ para\ (?:nuestros\ )?(?:suscriptores|socios)
    | suscríb[ae](?:te|se)\ para\ (?:seguir|continuar|leer) | ya\ (?:eres|es)\ suscriptor
    | (?:contenuto|articolo)\ (?:riservato|esclusivo)\b.{0,15}\babbonati | sei\ già\ abbonato
    | abbonati\ per\ (?:continuare|leggere) | (?:conteúdo|artigo|matéria)\ (?:exclusiv[oa]
      |reservad[oa])
        \ (?:para|a)\ (?:os\ )?assinantes | já\ (?:é|sou)\ assinante
      | assine\ para\ (?:continuar|ler)
    | (?:dit\ artikel|verder\ lezen)\b.{0,40}\b(?:abonnees?|abonnement) | al\ abonnee
    | (?:материал|статья)\ доступ\w+\ (?:только\ )?(?:по\ подписке|подписчикам)
    | (?:оформите|купите)\ подписку\b | dalsza\ część\b.{0,30}\bsubskry\w+
    | (?:هذا\ المقال|المحتوى)\ (?:مخصص\ )?للمشتركين | اشترك\ (?:لمتابعة|لقراءة|للقراءة)
    | مکمل\ خبر\ پڑھنے\ کے\ لیے
    )
    | 登录(?:后)?(?:即可)?(?:继续)?阅读全文 | (?:订阅|开通会员|付费)(?:后)?(?:即可)?(?:继续)?阅读
    | (?:この|本)記事は(?:有料)?会員限定 | 有料会員(?:限定|になると)""",
    re.VERBOSE | re.IGNORECASE,
)
"""What the page says to its reader."""
PAYWALL_MARKS = (
    *("paywall", "regwall", "registration-wall", "subscriber-only", "subscribers-only"),
    *("premium-wall", "piano-inline", "piano-offer", "piano-container", "tp-container-inner"),
    *("meter-wall", "metered-content", "pay-gate", "paygate", "article-locked", "locked-content"),
    *("restricted-content", "abo-wall", "abowall"),
)

LIVE_TITLES = re.compile(
    r"""(?:\A\W*(?:live(?:\ (?:updates?|blog|coverage|ticker))?|liveblog|liveticker|newsblog
      |en\ direct|direct|en\ vivo|en\ directo|última\ hora|in\ diretta|diretta|ao\ vivo|onlayn
      |онлайн
      |прямая\ трансляция|хроника|بث\ مباشر|مباشر|لائیو|直播|实时|実況)\s*[:|–—-])
    | [|–—:-]\s*(?:live\ updates?|liveblog|live\ blog|liveticker|newsblog|as\ it\ happened|live
      |en\ direct|en\ vivo|minuto\ a\ minuto|in\ diretta|ao\ vivo|онлайн|canlı
      |na\ żywo)\s*(?:\Z|[|–—:-])
    | \bliveticker\b | \blive-ticker\b | \blive\ ?blog\b
      | \blive\ updates\b | \bminuto\ a\ minuto\b
    | \bas\ it\ happened\b | \bla\ diretta\b | \bem\ tempo\ real\b | 文字直播 | تغطية\ مباشرة
    | \bтекстовая\ трансляция\b""",
    re.VERBOSE | re.IGNORECASE,
)
LIVE_PATH = re.compile(
    r"/live(?:/|-news/|blogs?/|-?ticker|-updates?)|/liveblog|/en-direct/|/en-vivo/|/newsblog/"
    r"|-live-updates?|-liveblog|-liveticker|-en-directo?\b|-minuto-a-minuto",
    re.IGNORECASE,
)
LIVE_POST = re.compile(
    r"(?<![a-z])live-?(?:blog|ticker|event|coverage)?-?_*(?:post|entry|item|update|card|message"
    r"|block|event)(?![a-z])|(?<![a-z])(?:blog|ticker)-?_*(?:entry|event|post|message)(?![a-z])",
    re.IGNORECASE,
)
"""In the class or id of each of its posts."""

VIDEO_PATH = re.compile(
    r"/(?:videos?|watch|mediathek|tv|clips?|vidéos?|wideo|видео)(?:/|\?|\Z)", re.IGNORECASE
)
PLAYER_MARKS = (
    *("youtube.com/embed", "youtube-nocookie.com/embed", "player.vimeo", "dailymotion.com/embed"),
    *("brightcove", "jwplayer", "jwplatform", "kaltura", "video-player", "video_player"),
    *("videoplayer", "player-video", "videojs", "video-js", "vjs-", "theoplayer", "bitmovin"),
    *("rutube.ru", "ooyala", "plyr"),
)
