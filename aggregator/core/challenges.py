"""Pages that ask for a human visitor, by what those who make them leave in their markup.

Cloudflare, DataDome, PerimeterX (HUMAN), Akamai, Imperva, AWS WAF, Kasada, DDoS-Guard, Vercel,
SiteGround and Anubis, and what sites of several languages write themselves. Articles carry some of
these marks too (a comment form with a captcha, a script of the guard), so one alone says nothing.
"""

from __future__ import annotations

import re

MARKS = (
    *("cdn-cgi/challenge-platform/h/", "cf-chl", "cf_chl", "_incapsula_resource"),
    *("captcha-delivery", "px-captcha", "_pxappid", "sgcaptcha", "awswafintegration"),
    *("awswafcookiedomainlist", "/149e9513-01fa", "sec-if-cpt-container", "bm-verify="),
    *("ddos-guard", "/.well-known/vercel/security", "anubis_challenge", "distil_r_captcha"),
    *("g-recaptcha", "h-captcha", "hcaptcha.com", "cf-turnstile", "geetest", "smartcaptcha"),
)
"""In addresses of scripts and frames, in identifiers and in scripts, all in lower case."""

TITLES = re.compile(
    r"""\A\W*(?:
      just\ a\ moment | attention\ required!? | ddos-guard
      | access\ (?:is\ )?(?:temporarily\ )?denied
    | access\ to\ this\ page\ has\ been\ denied | pardon\ our\ interruption | robot\ check
    | are\ you\ a\ (?:robot|human) | (?:human|security|bot)\ (?:verification|check(?:point)?)
    | vercel\ security\ checkpoint | checking\ your\ browser | making\ sure\ you(?:['’]re
      |\ are)\ not
    | one\ more\ step | please\ wait\ for\ verification | verif(?:y|ying)\ (?:that\ )?you\ are
    | request\ (?:blocked|unsuccessful|rejected) | you\ have\ been\ blocked | client\ challenge
    | einen\ moment | nur\ einen\ moment | sicherheits(?:überprüfung|prüfung|abfrage)
    | zugriff\ (?:verweigert|blockiert) | un\ instant | accès\ (?:refusé|bloqué)
    | vérification\ de\ (?:sécurité|votre) | un\ momento | acceso\ (?:denegado|bloqueado)
    | verificación\ de\ seguridad | accesso\ negato | verifica\ di\ sicurezza | um\ momento
    | acesso\ (?:negado|bloqueado) | verificação\ de\ segurança | even\ geduld | toegang\ geweigerd
    | проверка\ (?:браузера|безопасности|доступа) | доступ\ (?:ограничен|запрещ[её]н)
    | вы\ не\ робот | لحظة | تم\ رفض\ الوصول | التحقق\ من | سیکیورٹی\ چیک | رسائی\ مسترد
    | 请稍候 | 安全(?:验证|检查) | 访问(?:验证|被拒绝|受限) | 人机验证 | しばらくお待ちください
    | güvenlik\ (?:doğrulaması|kontrolü) | erişim\ (?:engellendi|reddedildi) | bir\ dakika\ lütfen
    )""",
    re.VERBOSE | re.IGNORECASE,
)

WORDS = re.compile(
    r"""verify(?:ing)?\ (?:that\ )?you(?:['’]re|\ are)\ (?:a\ |not\ a\ )?(?:human|robot|bot)
    | (?:confirm|prove|make\ sure
      |check(?:ing)?)\b.{0,30}\b(?:you(?:['’]re|\ are)|you\ aren['’]t)\b
      .{0,10}\b(?:human|robot|bot)\b
    | enable\ (?:javascript|js)\ and\ (?:cookies|disable\ any\ ad\ blocker)
    | unusual\ (?:traffic|activity)\ from\ your | checking\ (?:your\ browser
      |if\ the\ site\ connection)
    | you\ don['’]t\ have\ permission\ to\ access\ .{0,300}\ on\ this\ server
    | review\ the\ security\ of\ your\ connection | incapsula\ incident\ id
    | you\ were\ a\ bot | press\ (?:&|and)\ hold | sicherheit\ ihrer\ verbindung
    | (?:dass\ sie|ob\ sie)\ (?:kein\ (?:roboter|bot)|ein\ mensch)
    | (?:que\ vous\ (?:êtes\ humain|n['’]êtes\ pas\ un\ robot))
    | que\ (?:eres|es)\ (?:un\ )?humano | no\ (?:eres|es)\ un\ robot
    | (?:di\ )?non\ essere\ un\ robot | che\ sei\ umano
    | você\ (?:é\ (?:um\ )?humano|não\ é\ um\ robô) | dat\ u\ (?:een\ mens|geen\ robot)\ bent
    | что\ вы\ не\ робот | что\ вы\ человек | أنك\ (?:لست\ روبوت|إنسان) | آپ\ انسان\ ہیں
    | 您?(?:是真人|不是机器人) | robot\ olmadığınızı | insan\ olduğunuzu
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""What it says to the visitor."""
