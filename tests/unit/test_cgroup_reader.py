import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.cgroup import parse, parse_proc
from tui.cgroup.budget import Budget
from tui.cgroup.mounts import Hierarchies
from tui.cgroup.once import GoneError, read_path, read_value
from tui.cgroup.reader import Directory, FileGroup, KeptFile, PassingFile

KEPT, PASSING = 100, 0


@pytest.fixture(params=[KEPT, PASSING], ids=["kept", "passing"])
def directory(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Directory]:
    folder = tmp_path / "cgroup"
    folder.mkdir()
    (folder / "number").write_text("5\n")
    opened = Directory(str(folder), Budget(request.param))
    yield opened
    opened.close()


def test_the_same_bytes_give_the_same_object(directory: Directory) -> None:
    Path(directory.path, "number").write_text("123456789\n")
    file = directory.reading("number", parse.number)
    assert file is not None
    first = file.read()
    assert first == 123456789
    assert file.read() is first
    assert not file.refresh()
    Path(directory.path, "number").write_text("6\n")
    assert file.refresh()
    assert file.sample() == 6
    file.close()


def test_text_that_grows_past_the_buffer_is_read_whole(directory: Directory) -> None:
    file = directory.reading("number", lambda raw: raw)
    assert file is not None
    assert file.read() == b"5\n"
    for size in (100, 5_000, 100_000):
        Path(directory.path, "number").write_bytes(b"x" * size)
        assert file.read() == b"x" * size
    file.close()


def test_a_file_the_kernel_does_not_have_is_none(directory: Directory) -> None:
    assert directory.reading("other", parse.number) is None


def test_a_missing_directory_is_gone(tmp_path: Path) -> None:
    with pytest.raises(GoneError):
        Directory(str(tmp_path / "none"), Budget(1))


def test_another_cgroup_at_the_same_path_is_never_read(tmp_path: Path) -> None:
    folder = tmp_path / "cgroup"
    folder.mkdir()
    (folder / "number").write_text("5\n")
    directory = Directory(str(folder), Budget(0))
    file = directory.reading("number", parse.number)
    directory.settle()
    assert isinstance(file, PassingFile)
    assert file.read() == 5
    folder.rename(tmp_path / "old")
    folder.mkdir()
    (folder / "number").write_text("6\n")
    with pytest.raises(GoneError):
        file.read()


def test_a_directory_is_kept_for_files_that_have_no_descriptor(tmp_path: Path) -> None:
    (tmp_path / "number").write_text("5\n")
    budget = Budget(8)
    budget.files = 0
    directory = Directory(str(tmp_path), budget)
    file = directory.reading("number", parse.number)
    directory.settle()
    assert budget.directories == 0
    assert file is not None
    assert file.read() == 5
    directory.close()
    assert budget.directories == 1


def test_closing_gives_the_budget_back_once(tmp_path: Path) -> None:
    (tmp_path / "number").write_text("5\n")
    budget = Budget(8)
    directory = Directory(str(tmp_path), budget)
    file = directory.reading("number", parse.number)
    assert isinstance(file, KeptFile)
    directory.settle()
    left = budget.files
    file.close()
    file.close()
    assert budget.files == left + 1
    directory.close()


def test_a_process_that_ended_is_gone() -> None:
    with subprocess.Popen(["sleep", "100"]) as process:
        directory = Directory(f"/proc/{process.pid}", Budget(8))
        file = directory.reading("stat", parse_proc.stat)
        assert file is not None
        assert file.read() is not None
        process.kill()
    with pytest.raises(GoneError):
        file.read()
    file.close()
    directory.close()


def test_a_real_cgroup_that_was_removed_is_gone() -> None:
    hierarchies = Hierarchies.read()
    if not hierarchies.unified:
        pytest.skip("no cgroup2 hierarchy is mounted")
    folder = Path(hierarchies.unified[0].point) / f"hostdeck-test-{os.getpid()}"
    try:
        folder.mkdir()
    except OSError as error:
        pytest.skip(f"no cgroup can be made here: {error}")
    try:
        directory = Directory(str(folder), Budget(8))
        file = directory.reading("cpu.stat", parse.cpu_stat)
        assert file is not None
        assert file.read() is not None
    finally:
        folder.rmdir()
    with pytest.raises(GoneError):
        file.read()
    file.close()
    directory.close()


def test_a_group_tells_which_of_its_files_changed(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text("1\n")
    directory, group = Directory(str(tmp_path), Budget(100)), FileGroup()
    files = [directory.reading(name, parse.number) for name in ("a", "b")]
    for bit, file in enumerate(files, 1):
        assert file is not None
        group.add(file, bit)
    assert group.refresh() == 3
    assert group.refresh() == 0
    (tmp_path / "b").write_text("2\n")
    assert group.refresh() == 2
    assert files[1] is not None
    group.remove(files[1])
    (tmp_path / "b").write_text("3\n")
    assert group.refresh() == 0
    for file in files:
        assert file is not None
        file.close()
    directory.close()


def test_one_file_that_cannot_be_read_leaves_the_others(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1\n")
    budget, group = Budget(100), FileGroup()
    broken: KeptFile[int] = KeptFile(os.open(tmp_path, os.O_RDONLY), parse.number, budget)  # reading it is EISDIR
    good: KeptFile[int] = KeptFile(os.open(tmp_path / "a", os.O_RDONLY), parse.number, budget)
    group.add(broken, 1)
    group.add(good, 2)
    assert group.refresh() == 2
    assert (broken.sample(), good.sample()) == (None, 1)
    broken.close()
    good.close()


def test_paths_are_read_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1\n" * 5000)
    assert read_path(str(tmp_path / "a")) == b"1\n" * 5000
    assert read_value(str(tmp_path / "none"), parse.number) is None
    with pytest.raises(GoneError):
        read_path(str(tmp_path / "none"))


def test_the_soft_limit_is_raised_to_the_hard_one() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, before[1]), before[1]))
        budget = Budget.of_process()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (before[1], before[1])
        assert budget.files > 0
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
