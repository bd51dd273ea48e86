"""The sentences of alarms: one in an SMS of its own, several as lines of one."""

from __future__ import annotations

from firmware.alert.news import News, What
from firmware.duty.roster import Roster
from firmware.moment import read_instant
from firmware.speaker import Speaker
from firmware.wording import messages

_SENTENCES = {
    What.RAISED: (messages.ALARM, messages.ALARM_LINE),
    What.TOLD: (messages.ALARM, messages.ALARM_LINE),
    What.OVER: (messages.ALARM_OVER, messages.ALARM_OVER_LINE),
    What.TOLD_OVER: (messages.ALARM_OVER, messages.ALARM_OVER_LINE),
    What.STILL: (messages.ALARM_STILL, messages.ALARM_STILL_LINE),
}


class AlarmWords:
    """Puts news into the administrators' language."""

    def __init__(self, roster: Roster, speaker: Speaker) -> None:
        self._roster = roster
        self._speaker = speaker

    @property
    def _site(self) -> str:
        rota = self._roster.rota
        return rota.site.name if rota is not None else "Veilleur"

    def one(self, news: News) -> str:
        what = self._speaker.say(news.cause, **news.values)
        sentence = _SENTENCES[news.what][0]
        return self._speaker.say(sentence, site=self._site, what=what, since=self._since(news))

    def several(self, news: tuple[News, ...], more: int) -> str:
        """``more`` wait for the next SMS."""
        if len(news) == 1 and not more:
            return self.one(news[0])
        lines = [
            self._speaker.say(
                _SENTENCES[each.what][1],
                what=self._speaker.say(each.cause, **each.values),
                since=self._since(each),
            )
            for each in news
        ]
        if more:
            lines.append(self._speaker.say(messages.ALARM_MORE, count=more))
        return self._speaker.say(messages.ALARMS, site=self._site, text="\n".join(lines))

    def _since(self, news: News) -> str:
        since = read_instant(news.since)
        return self._speaker.clock(since) if since is not None else ""
