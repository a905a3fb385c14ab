"""Signing keys on disk, shared by processes."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from stat import S_IMODE
from threading import Event, Thread

import pytest

import keys as face
from keys import Jwk, KeyDirectory, KeyPolicy, KeyRing, UnusableKeys, generate_key

POLICY = KeyPolicy(propagation=10, rotation=100, overlap=50)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "keys"


@pytest.fixture
def file(path: Path) -> Path:
    return path / "signing-keys.json"


def opened(path: Path, generate: Callable[[str], Jwk] = generate_key) -> KeyDirectory:
    """One process's view; P-256 alone, because its keys are made at once."""
    return KeyDirectory(path, POLICY, ["ES256"], generate)


def kids(ring: KeyRing) -> list[str]:
    return [key.kid for key in ring.keys]


def test_a_new_directory_gets_a_key_of_each_algorithm(path: Path) -> None:
    ring = KeyDirectory(path, POLICY).ring(7)
    assert ring.algorithms == ("RS256", "ES256")
    assert [key.active_from for key in ring.keys] == [7, 7]
    assert ring.policy == POLICY


def test_an_algorithm_that_is_named_later_gets_a_key_then_and_signs_no_more_when_it_is_not(
    path: Path,
) -> None:
    before = opened(path).ring(0)
    both = KeyDirectory(path, POLICY, ["ES256", "EdDSA"])
    wider = both.ring(5)
    assert kids(wider)[:1] == kids(before)
    assert [key.active_from for key in wider.keys] == [0, 5]
    assert wider.algorithms == ("ES256", "EdDSA")
    narrower = opened(path).ring(300)
    assert narrower.algorithms == ("ES256",)
    assert wider.keys[1] in narrower.keys


def test_the_keys_are_the_same_after_a_restart(path: Path) -> None:
    before = KeyDirectory(path, POLICY).ring(0)
    assert KeyDirectory(path, POLICY).ring(0) == before


def test_making_a_key_directory_touches_nothing(path: Path) -> None:
    KeyDirectory(path, POLICY)
    assert not path.exists()


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_the_directory_is_0700_and_its_files_are_0600(path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        opened(path).ring(0)
    finally:
        os.umask(before)
    assert S_IMODE(path.stat().st_mode) == 0o700
    assert {each.name: oct(S_IMODE(each.stat().st_mode)) for each in path.iterdir()} == {
        "signing-keys.json": "0o600",
        "signing-keys.lock": "0o600",
    }


def test_while_nothing_is_due_the_ring_is_the_same_object_and_nothing_is_written(
    path: Path, file: Path
) -> None:
    directory = opened(path)
    ring, written = directory.ring(0), file.stat()
    assert all(directory.ring(now) is ring for now in (0, 1, 89))
    assert opened(path).ring(89) == ring
    assert file.stat() == written


def test_a_key_is_announced_when_it_is_due_and_forgotten_when_it_is_gone(path: Path) -> None:
    directory = opened(path)
    first, both = directory.ring(0), directory.ring(90)
    assert kids(both)[:1] == kids(first)
    assert [key.active_from for key in both.keys] == [0, 100]
    assert directory.ring(149) is both
    assert kids(directory.ring(150)) == kids(both)[1:]
    assert kids(opened(path).ring(150)) == kids(both)[1:]


def test_rotating_announces_a_key_that_signs_after_propagation_once(path: Path, file: Path) -> None:
    directory = opened(path)
    first = directory.ring(0)
    (new,) = directory.rotate(20)
    assert new.active_from == 30
    assert kids(directory.ring(20)) == [*kids(first), new.kid]
    written = file.stat()
    assert directory.rotate(21) == []
    assert file.stat() == written


def test_rotating_makes_a_key_of_each_algorithm(path: Path) -> None:
    directory = KeyDirectory(path, POLICY)
    directory.ring(0)
    assert [key.alg for key in directory.rotate(20)] == ["RS256", "ES256"]


def test_another_process_sees_a_rotation_without_a_restart(path: Path) -> None:
    operator, server = opened(path), opened(path)
    before = server.ring(0)
    (new,) = operator.rotate(20)
    assert kids(server.ring(20)) == [*kids(before), new.kid]
    assert server.ring(20) is server.ring(21)


def test_what_two_directories_find_due_is_made_once(path: Path) -> None:
    one, other = opened(path), opened(path)
    one.ring(0)
    other.ring(0)
    assert one.ring(90) == other.ring(90)
    assert kids(one.ring(90)) == kids(other.ring(90))


def test_what_a_faster_process_made_is_read_once_the_lock_is_ours(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rival, late = opened(path), opened(path)
    before = late.ring(0)
    flock = fcntl.flock

    def overtaken(descriptor: int, operation: int) -> None:
        monkeypatch.undo()
        rival.rotate(20)
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", overtaken)
    assert late.rotate(20) == []
    assert kids(late.ring(20)) == kids(rival.ring(20)) != kids(before)


def test_a_reader_keeps_the_whole_old_file_while_it_is_replaced(path: Path, file: Path) -> None:
    directory = opened(path)
    directory.ring(0)
    text = file.read_bytes()
    with file.open("rb") as reader:
        directory.rotate(20)
        assert reader.read() == text
    assert file.read_bytes() != text


def test_a_reader_never_sees_half_a_file(path: Path, file: Path) -> None:
    directory, done = opened(path), Event()
    directory.ring(0)
    seen: list[list[int]] = []

    def read() -> None:
        while not done.is_set():
            document = json.loads(file.read_bytes())
            seen.append([entry["active_from"] for entry in document["keys"]])

    reader = Thread(target=read)
    reader.start()
    try:
        for now in range(0, 1_000, 20):
            directory.rotate(now)
    finally:
        done.set()
        reader.join()
    assert seen
    assert all(before[-1] <= after[-1] for before, after in pairwise(seen))


def test_until_the_new_file_is_whole_the_old_one_stands(path: Path, file: Path) -> None:
    stands: list[bytes] = []

    def generate(alg: str) -> Jwk:
        stands.append(file.read_bytes() if file.exists() else b"")
        return generate_key(alg)

    directory = opened(path, generate)
    directory.ring(0)
    first = file.read_bytes()
    directory.rotate(20)
    assert stands == [b"", first]


def test_the_unfinished_file_of_a_process_that_was_killed_is_neither_read_nor_kept(
    path: Path, file: Path
) -> None:
    directory = opened(path)
    ring = directory.ring(0)
    unfinished = path / "signing-keys.json.new"
    unfinished.write_bytes(file.read_bytes()[:40])
    unfinished.chmod(0o644)
    assert opened(path).ring(0) == ring
    directory.rotate(20)
    assert S_IMODE(file.stat().st_mode) == 0o600
    assert not unfinished.exists()


PROCESS = """
import sys
from pathlib import Path
from keys import KeyDirectory, KeyPolicy
directory = KeyDirectory(Path(sys.argv[1]), KeyPolicy(propagation=10, rotation=100, overlap=50))
print("ready", flush=True)
sys.stdin.readline()
made = getattr(directory, sys.argv[2])(int(sys.argv[3]))
print(*(key.kid for key in directory.ring(int(sys.argv[3])).keys))
"""


def in_processes(path: Path, verb: str, now: int) -> list[str]:
    """Have three processes do ``verb`` together; return what each then holds."""
    processes = [
        subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-c", PROCESS, path, verb, str(now)],
            env={**os.environ, "PYTHONPATH": str(Path(face.__path__[0]).parent)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    return [process.communicate()[0] for process in processes]


def test_processes_that_start_or_rotate_at_once_end_with_the_same_keys(path: Path) -> None:
    (started,) = set(in_processes(path, "ring", 0))
    assert started.split() == kids(KeyDirectory(path, POLICY).ring(0))
    assert len(started.split()) == 2

    (rotated,) = set(in_processes(path, "rotate", 20))
    assert rotated.split() == kids(KeyDirectory(path, POLICY).ring(20))
    assert rotated.split()[:2] == started.split()
    assert len(set(rotated.split())) == 4


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_a_file_that_is_open_to_others_is_refused(path: Path, file: Path, mode: int) -> None:
    opened(path).ring(0)
    file.chmod(mode)
    with pytest.raises(UnusableKeys) as refused:
        opened(path).ring(0)
    assert str(refused.value) == f"{file} is open to others than its owner: chmod 600 it"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a file to another user")
def test_a_file_of_another_user_is_refused(path: Path, file: Path) -> None:
    """They could sign as us."""
    opened(path).ring(0)
    os.chown(file, 65_534, 65_534)
    with pytest.raises(UnusableKeys, match="belongs to another user"):
        opened(path).ring(0)


def test_a_directory_that_everybody_can_write_is_refused(path: Path) -> None:
    """The file in it could be exchanged for another."""
    opened(path).ring(0)
    path.chmod(0o707)
    with pytest.raises(UnusableKeys, match="can be written by everybody"):
        opened(path).ring(0)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is not JSON"),
        ('{"keys": []}', 'it has no member "keys" with at least one key'),
        ('{"keys": [{"kty": "EC"}]}', "key 1 misses active_from, alg, crv, d, kid, x, y"),
    ],
)
def test_a_broken_file_is_refused_and_left_as_it_is(
    path: Path, file: Path, text: str, reason: str
) -> None:
    running = opened(path)
    running.ring(0)
    file.write_text(text)
    for directory in (running, opened(path)):
        for act in (directory.ring, directory.rotate):
            with pytest.raises(UnusableKeys) as refused:
                act(1_000)
            assert str(refused.value) == f"{file} cannot be used: {reason}"
    assert file.read_text() == text


def test_keys_that_contradict_one_another_are_refused(path: Path, file: Path) -> None:
    opened(path).ring(0)
    (entry,) = json.loads(file.read_text())["keys"]
    file.write_text(json.dumps({"keys": [entry, entry]}))
    with pytest.raises(UnusableKeys, match="begin at the same moment"):
        opened(path).ring(0)


def test_a_file_that_the_system_refuses_is_named_in_one_line(path: Path, file: Path) -> None:
    file.mkdir(parents=True, mode=0o700)
    with pytest.raises(UnusableKeys) as refused:
        opened(path).ring(0)
    assert str(refused.value).startswith(f"{file} cannot be used: ")
    assert "\n" not in str(refused.value)


def test_a_directory_that_cannot_be_made_is_named_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("no directory")
    with pytest.raises(UnusableKeys) as refused:
        opened(tmp_path / "keys").rotate(0)
    assert str(refused.value).startswith(f"{tmp_path}/keys/signing-keys.json cannot be used: ")


def test_a_file_that_was_mended_is_read_without_a_restart(path: Path, file: Path) -> None:
    directory = opened(path)
    ring, text = directory.ring(0), file.read_bytes()
    file.write_text("{}")
    for _ in range(2):
        with pytest.raises(UnusableKeys):
            directory.ring(1)
    file.write_bytes(text)
    assert directory.ring(1) == ring


def test_what_another_process_changes_is_seen_in_the_next_second(path: Path) -> None:
    directory, other = opened(path), opened(path)
    ring = directory.ring(0)
    other.rotate(0)
    assert directory.ring(0) is ring
    assert directory.ring(1) == other.ring(1) != ring


def test_without_the_file_new_keys_are_made(path: Path, file: Path) -> None:
    directory = opened(path)
    before = directory.ring(0)
    file.unlink()
    assert kids(directory.ring(1)) != kids(before)


@pytest.mark.parametrize("algorithms", [[], ["RS256", "none"], ["HS256"]])
def test_algorithms_without_a_public_half_are_refused(path: Path, algorithms: list[str]) -> None:
    with pytest.raises(ValueError, match="RS256, ES256"):
        KeyDirectory(path, POLICY, algorithms)


def test_what_is_due_and_cannot_be_written_stops_nobody(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The disk is full: the active key signs on, the operator is told, and it is tried again."""
    directory = opened(path)
    held = directory.ring(0)
    lock = path / "signing-keys.lock"
    lock.unlink()
    lock.mkdir()
    due = POLICY.rotation - POLICY.propagation
    assert directory.ring(due) is held
    assert "signing-keys" in caplog.text
    caplog.clear()
    late = directory.ring(due + 299)
    assert late is held
    assert late.sign({"sub": "x"}, now=due + 299, alg="ES256")
    assert not caplog.text
    lock.rmdir()
    assert len(directory.ring(due + 300).keys) > len(held.keys)
