"""The label on paper: one A6 page in each language, whatever the site is called."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser

from firmware.command.label import sheet
from firmware.wording import LANGUAGES, Wording

LONG = "Association intercommunale des ambulanciers de la vallée de la Bruche et du Ried nord"


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_one_page_of_a6_with_all_of_it_on_the_page(browser: Browser, language: str) -> None:
    page = browser.new_page()
    page.set_content(sheet(Wording(language), LONG, "https://veilleur-standard.local", "7K2M-94QX"))
    page.emulate_media(media="print")
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    width, height = map(float, re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)[0])
    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == (105, 148)
    # What the page cuts off would be missing without a word
    overflow = page.evaluate("document.body.scrollHeight - document.body.clientHeight")
    assert overflow <= 0
    page.close()
