"""A folder of images, video and audio: what cannot be read, is misnamed, copied, or says too much."""

import io
import json
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, PngImagePlugin

from cli_runner import trimtab
from media.signing import signed
from trimtab.api import audit_folder
from trimtab.errors import UserError
from trimtab.media import audit_media, look_at, picture, provenance_of, type_of, waveform
from trimtab.records import Finding


def drawn(seed: int, size: tuple[int, int] = (160, 120)) -> Image.Image:
    """A made scene: rectangles and ellipses of their own."""
    random = np.random.default_rng(seed)
    image = Image.new("RGB", size, tuple(int(level) for level in random.integers(0, 255, 3)))
    draw = ImageDraw.Draw(image)
    for place in range(12):
        left, top = random.integers(0, size[0]), random.integers(0, size[1])
        box = [int(left), int(top), int(left + random.integers(8, 80)), int(top + random.integers(8, 60))]
        shape = draw.rectangle if place % 2 else draw.ellipse
        shape(box, fill=tuple(int(level) for level in random.integers(0, 255, 3)))
    return image


def jpeg(image: Image.Image, quality: int = 90, **more: object) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, **more)
    return out.getvalue()


def sound(path: Path, levels: np.ndarray, rate: int = 8000) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(levels.astype("<i2").tobytes())


def found(folder: Path) -> dict[str, Finding]:
    return {finding.id: finding for finding in audit_media(folder).findings}


def test_a_clean_folder_has_only_the_missing_marks(tmp_path: Path) -> None:
    for seed in range(3):
        (tmp_path / f"{seed}.jpg").write_bytes(jpeg(drawn(seed)))
    sound(tmp_path / "tone.wav", np.sin(np.arange(4000)) * 9000)
    assert set(found(tmp_path)) == {"media-provenance-missing"}
    looks = {look.name: look for look in audit_media(tmp_path).looks}
    assert (looks["0.jpg"].width, looks["0.jpg"].height, looks["0.jpg"].modality) == (160, 120, "image")
    assert looks["tone.wav"].seconds == pytest.approx(0.5, abs=0.01)


def test_what_cannot_be_read_blocks_with_its_reason(tmp_path: Path) -> None:
    whole = jpeg(drawn(1))
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "words.png").write_text("no image at all")
    (tmp_path / "silent.mp4").write_bytes(b"\0\0\0\x18ftypisom\0\0\0\0isommp42")
    (tmp_path / "whole.jpg").write_bytes(whole)
    bad = found(tmp_path)["media-unreadable"]
    assert bad.severity == "block"
    assert set(bad.rows) == {"cut.jpg", "empty.png", "words.png", "silent.mp4"}
    assert bad.figure == 0.8
    reasons = {look.name: look.unreadable for look in audit_media(tmp_path).looks}
    assert reasons["words.png"] == "its content is no image, video or audio of a known type"
    assert "truncated" in str(reasons["cut.jpg"])
    assert reasons["whole.jpg"] is None


def test_a_name_that_says_another_type_is_told(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(jpeg(drawn(1)))
    (tmp_path / "photo2.JPEG").write_bytes(jpeg(drawn(2)))
    sound(tmp_path / "song.mp3", np.arange(800))
    named = found(tmp_path)["media-mislabelled"]
    assert named.rows == ("photo.png", "song.mp3")
    assert "photo.png is image/jpeg" in named.summary


@pytest.mark.parametrize(
    "change",
    [
        lambda image: image.resize((80, 60)),
        lambda image: image.crop((2, 2, 158, 118)),
        lambda image: ImageEnhance.Brightness(image).enhance(1.2),
        lambda image: Image.open(io.BytesIO(jpeg(image, 40))),
        lambda image: image.convert("L"),
    ],
    ids=["smaller", "cut", "lighter", "saved again", "grey"],
)
def test_images_that_look_alike_are_found_and_others_are_not(
    tmp_path: Path, change: Callable[[Image.Image], Image.Image]
) -> None:
    for seed in range(30):
        (tmp_path / f"{seed:02}.jpg").write_bytes(jpeg(drawn(seed)))
    changed = io.BytesIO()
    change(drawn(7)).save(changed, "PNG")
    (tmp_path / "changed.png").write_bytes(changed.getvalue())
    findings = found(tmp_path)
    assert findings["media-near-duplicate"].rows == ("changed.png",)
    assert "changed.png and 07.jpg" in findings["media-near-duplicate"].summary
    assert "media-duplicate" not in findings


def test_plain_images_of_other_colours_are_no_copies(tmp_path: Path) -> None:
    for name, colour in (("red", "red"), ("blue", "blue")):
        Image.new("RGB", (64, 64), colour).save(tmp_path / f"{name}.png")
    assert "media-near-duplicate" not in found(tmp_path)


def test_the_same_bytes_are_one_finding_and_not_two(tmp_path: Path) -> None:
    for name in ("a/one.jpg", "b/one.jpg", "b/two.jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(jpeg(drawn(1)))
    findings = found(tmp_path)
    assert findings["media-duplicate"].rows == ("b/one.jpg", "b/two.jpg")
    assert "media-near-duplicate" not in findings


def test_metadata_that_names_a_place_a_person_or_a_device_is_told_without_its_value(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x013B] = "A. Photographer"
    exif[0x0131] = "Painter 3"
    exif.get_ifd(0x8825)[2] = (51.0, 2.0, 3.0)
    (tmp_path / "there.jpg").write_bytes(jpeg(drawn(1), exif=exif))
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:creator>A. Photographer</dc:creator></x:xmpmeta>'
    (tmp_path / "named.jpg").write_bytes(jpeg(drawn(2), xmp=xmp))
    text = PngImagePlugin.PngInfo()
    text.add_text("parameters", "a horse, steps: 20")
    drawn(3).save(tmp_path / "made.png", pnginfo=text)
    (tmp_path / "none.jpg").write_bytes(jpeg(drawn(4)))
    findings = found(tmp_path)
    assert findings["media-personal"].rows == ("named.jpg", "there.jpg")
    assert "2 name a person; 1 name a place" in findings["media-personal"].summary
    assert set(findings["media-maker"].rows) == {"there.jpg", "made.png"}
    assert "Photographer" not in str(findings)
    said = look_at(tmp_path / "there.jpg", "there.jpg").said
    assert {(each.about, each.field) for each in said} == {
        ("place", "GPS"), ("person", "Artist"), ("maker", "Software"),
    }  # fmt: skip


def test_marks_of_provenance_hold_or_do_not(tmp_path: Path) -> None:
    mark = signed(jpeg(drawn(1)))
    changed = bytearray(mark)
    changed[-40] ^= 0xFF
    (tmp_path / "signed.jpg").write_bytes(mark)
    (tmp_path / "changed.jpg").write_bytes(changed)
    (tmp_path / "plain.jpg").write_bytes(jpeg(drawn(2)))
    findings = found(tmp_path)
    assert findings["media-provenance-broken"].rows == ("changed.jpg",)
    assert "assertion.dataHash.mismatch" in findings["media-provenance-broken"].summary
    assert findings["media-provenance-missing"].rows == ("plain.jpg",)
    whole = provenance_of(tmp_path / "signed.jpg", "image/jpeg", ())
    assert (whole.state, whole.generator, whole.made_by_machine) == ("valid", "painter", True)


def test_a_manifest_elsewhere_is_not_fetched(tmp_path: Path) -> None:
    (tmp_path / "linked.jpg").write_bytes(signed(jpeg(drawn(1)), elsewhere="http://127.0.0.1:9/mark.c2pa"))
    assert provenance_of(tmp_path / "linked.jpg", "image/jpeg", ()).state == "remote"


def test_what_is_shown_has_no_metadata_and_is_turned(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x013B] = 6, "A. Photographer"  # on its side
    path = tmp_path / "turned.jpg"
    path.write_bytes(jpeg(drawn(1), exif=exif))
    shown, kind = picture(path, longest=60)
    with Image.open(io.BytesIO(shown)) as image:
        assert (image.size, kind, dict(image.getexif())) == ((45, 60), "image/jpeg", {})
    assert b"Photographer" not in shown
    (tmp_path / "no.jpg").write_text("<script>")
    with pytest.raises(UserError, match="no image that can be read"):
        picture(tmp_path / "no.jpg")


def test_a_waveform_shows_where_it_is_loud(tmp_path: Path) -> None:
    sound(tmp_path / "a.wav", np.concatenate([np.zeros(4000), np.full(4000, 16384)]))
    levels = waveform(tmp_path / "a.wav", bars=4)
    assert levels == [0.0, 0.0, 0.5, 0.5]


def test_a_listing_names_every_file_and_every_file_is_there(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg(drawn(1)))
    (tmp_path / "b.jpg").write_bytes(jpeg(drawn(2)))
    rows = [{"file_name": "a.jpg", "prompt": "Draw a horse"}, {"file_name": "c.jpg", "prompt": "Draw a cat"}]
    (tmp_path / "metadata.jsonl").write_text("\n".join(map(json.dumps, rows)))
    findings = found(tmp_path)
    assert findings["media-missing"].rows == ("c.jpg",)
    assert findings["media-unlisted"].rows == ("b.jpg",)
    (tmp_path / "metadata.jsonl").write_text('{"prompt": "Draw a horse"}')
    with pytest.raises(UserError, match="no `file_name`"):
        audit_media(tmp_path)


def test_links_out_of_the_folder_and_hidden_files_are_left_alone(tmp_path: Path) -> None:
    outside = tmp_path / "outside.jpg"
    outside.write_bytes(jpeg(drawn(1)))
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "inside.jpg").write_bytes(jpeg(drawn(2)))
    (folder / "link.jpg").symlink_to(outside)
    (folder / ".hidden.jpg").write_bytes(jpeg(drawn(3)))
    assert [look.name for look in audit_media(folder).looks] == ["inside.jpg"]


def test_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg(drawn(1)))
    (tmp_path / "notes.txt").write_text("of no such kind")
    done = trimtab("audit", ".", cwd=tmp_path)
    assert done.returncode == 0
    assert "audit of 1 files (1 image): 1 info; 1 files of no such kind left out" in done.stdout
    (tmp_path / "b.png").write_bytes(b"")
    done = trimtab("audit", ".", "--json", cwd=tmp_path)
    assert done.returncode == 1
    assert [one["name"] for one in json.loads(done.stdout)["files"]] == ["a.jpg", "b.png"]
    done = trimtab("audit", ".", "--fix", "out.jsonl", cwd=tmp_path)
    assert done.returncode == 2
    assert "files of media are looked at and never rewritten" in done.stderr


def test_a_folder_without_media_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no files"):
        audit_folder(tmp_path)
    with pytest.raises(UserError, match="no folder"):
        audit_folder(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\xfe<\0h\0", None),  # UTF-16 text, which begins like a frame of MPEG audio
        (b"\xff\xfb\x90\x64", "audio/mpeg"),
        (b"\0\0\0\x20ftypavif", "image/avif"),
        (b"\0\0\0\x14ftypqt  ", "video/quicktime"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"\x1a\x45\xdf\xa3....webm", "video/webm"),
        (b"<svg xmlns=", None),
        (b"", None),
    ],
)
def test_types_are_told_by_content(head: bytes, kind: str | None) -> None:
    assert type_of(head) == kind
