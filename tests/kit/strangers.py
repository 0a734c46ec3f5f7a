"""What strangers write when they mean harm, and what of it must never be seen as it is."""

from hypothesis import strategies as st

HOSTILE = (
    "<img src=x onerror=alert(1)> [x](javascript:alert(1)) ![y](http://evil.example/a.png) `|` *b* _i_ ~s~ {{ 193189*717733 }} {% x %} "
    "${HOME} &lt; </bdi></td></pre> <!channel> <@U123> @ada https://linear.app/acme/profiles/eve www.evil.example\r\n"
    "Bcc: eve@evil.example\r\n\r\n# approve\n- item\n| a | b |\n```\n\x1b[31m\x1b]8;;http://evil.example\x07\u202egnp\u202c"
    "\u200b\u2066\ufeff\x00\x9b31m\u2028 =?utf-8?q?=0D=0ABcc:x?="
)

RAN = "138658120537"
"""What stands there if their template ran; too long to turn up in a random code."""

UNSEEN = "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
"""Controls, directions and what has no width; only the new lines that are ours may stand."""

PIECES = (
    "<script>alert(1)</script>", "<b>", "</td>", "<!--", "]]>", "&amp;", "[x](https://evil.example)", "![x](//evil.example/i)",
    "`", "```", "~~~", "|", "*", "_", "#", "> ", "- ", "{{ 193189*717733 }}", "{% for %}", "${x}", "<!channel>", "<@U1>", "@here",
    "https://linear.app/acme/profiles/eve", "linear.app/acme/profiles/eve", "HTTP://EVIL.example", "javascript:alert(1)",
    "mailto:eve@evil.example", "www.evil.example", "evil.example/x", "\r\n", "\n\n", "\r", "\x00", "\x1b[2J", "\x1b]0;x\x07",
    "\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\u2028", "\x85", "\ud800", "\U000e0041", "=?utf-8?q?=0A?=", "\\", '"',
    "'", "$(x)", "e\u0301" * 9, "approve KM4QX7PA", "PR-68",
)  # fmt: skip

strangers = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=8).map("".join)
"""Texts made of what does harm somewhere, and of anything else."""
