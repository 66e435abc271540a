"""Records that are kept one by one."""

from pathlib import Path
from threading import Thread

from trimtab.records import JudgeReply
from trimtab.store import Journal


def journal(path: Path) -> Journal[JudgeReply]:
    return Journal(path, JudgeReply, lambda reply: reply.key)


def reply(key: str, text: str = "A") -> JudgeReply:
    return JudgeReply(key=key, text=text)


def test_what_was_added_is_there_again_and_the_first_of_equal_keys_stands(tmp_path: Path) -> None:
    made = journal(tmp_path / "j")
    for each in (reply("b"), reply("a"), reply("b", "other")):
        made.add(each)
    again = journal(tmp_path / "j")
    assert again.held == [reply("a"), reply("b")]
    assert again.get("c") is None


def test_a_line_that_a_kill_cut_is_taken_off_and_asked_again(tmp_path: Path) -> None:
    path = tmp_path / "j"
    made = journal(path)
    made.add(reply("a"))
    made.add(reply("b"))
    for cut in range(1, len(reply("b").to_json()) + 1):
        whole = (reply("a").to_json() + "\n" + reply("b").to_json() + "\n").encode()
        path.write_bytes(whole[:-cut])
        again = journal(path)
        assert again.held == [reply("a")]
        again.add(reply("c"))
        assert journal(path).held == [reply("a"), reply("c")]


def test_a_line_that_is_no_record_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "j").write_text(
        '{"key": "old", "form": "of another version"}\nnonsense\n' + reply("a").to_json() + "\n"
    )
    assert journal(tmp_path / "j").held == [reply("a")]


def test_threads_write_whole_lines(tmp_path: Path) -> None:
    made = journal(tmp_path / "j")
    keys = [f"{n:03d}" for n in range(60)]
    threads = [
        Thread(target=lambda some=keys[k::4]: [made.add(reply(key, "x" * 500)) for key in some]) for k in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.key for each in journal(tmp_path / "j").held] == keys
