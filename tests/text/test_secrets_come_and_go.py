"""What is looked for is made once of the secrets that are alive, and anew when one comes or goes."""

import gc

from integration.text.secret import HIDDEN, Secret, holds_secret, redacted


def test_a_secret_that_came_after_a_look_is_found() -> None:
    text = "https://contoso.example/?code=came-after-the-first-look"
    assert not holds_secret(text)
    secret = Secret("came-after-the-first-look")
    assert holds_secret(text)
    assert redacted(text) == f"https://contoso.example/?code={HIDDEN}"
    assert secret


def test_one_that_went_is_looked_for_no_more_and_the_others_are() -> None:
    went, stays = Secret("went-and-is-looked-for-no-more"), Secret("stays-and-is-looked-for-still")
    assert holds_secret(f"a {went.reveal()}")
    assert holds_secret(f"b {stays.reveal()}")
    del went
    gc.collect()
    assert not holds_secret("a went-and-is-looked-for-no-more")
    assert holds_secret(f"b {stays.reveal()}")


def test_a_text_that_is_shorter_than_one_form_may_hold_another() -> None:
    secret = Secret("a secret / with signs that URLs write longer")
    assert holds_secret(secret.reveal())
    assert not holds_secret(secret.reveal()[:-1])
