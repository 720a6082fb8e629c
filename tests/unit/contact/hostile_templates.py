"""A hundred texts that would do harm in a template language: here they are refused, or stay what they are."""

_EXPRESSIONS = (
    "settings.SECRET_KEY", "7*7", "self.__class__.__mro__", "''.__class__.__base__.__subclasses__()", "config.items()",
    "request.user.password", "debtor_name.__init__.__globals__", "agent_name.format_map", "lipsum.__globals__",
    "cycler.__init__.__globals__.os.popen('id').read()",
)  # fmt: skip
_WRAPS = ("{{{{ {0} }}}}", "{{% {0} %}}", "{{{0}}}", "${{{0}}}", "#{{{0}}}", "<%= {0} %>")

HOSTILE: list[str] = [wrap.format(expression) for expression in _EXPRESSIONS for wrap in _WRAPS] + [
    "{% for x in range(1000000000) %}x{% endfor %}", "{% include '/etc/passwd' %}", "{% load static %}{% debug %}",
    "{% extends 'web/base.html' %}", "{% ssi /etc/passwd %}", "{% with a=agent_name %}{{ a }}{% endwith %}",
    "{agent_name.__class__}", "{agent_name[0]}", "{agent_name!r}", "{agent_name!a:>10}", "{agent_name:>1000000000}",
    "{agent_name:{currency}}", "{0.__class__}", "{}", "{:>99999999}", "{agent_name", "agent_name}", "{{agent_name}",
    "{agent_name}}", "{ agent_name }", "{\nagent_name\n}", "{agent_name\x00}", "{agent\u200b_name}",
    "{\uff41gent_name}", "{AGENT_NAME}", "{agent_name|safe}", "{agent_name,}", "{agent_name;}", "{'agent_name'}",
    "{agent_name()}", "{{" * 5000, "}" * 9999, "{" * 9999, "{debtor_name" * 800, "%(agent_name)s", "$agent_name",
    "<script>alert(1)</script>", "\u202e{agent_nam}", "\r\nBcc: all@bank.example\r\n\r\n{{x}}", "x" * 20_001,
]  # fmt: skip
