import pytest

from linli.errors import InputError
from linli.geodata import replace_when_done


def test_the_file_appears_only_when_it_is_done(tmp_path):
    target = tmp_path / "plan.gpkg"
    with replace_when_done(target) as temporary:
        temporary.write_text("new")
        assert not target.exists()
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".gpkg"
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, error):
    target = tmp_path / "plan.gpkg"
    target.write_text("old")

    def write_half():
        with replace_when_done(target) as temporary:
            temporary.write_text("half")
            temporary.with_name(temporary.name + "-journal").write_text("left by SQLite")
            raise error

    with pytest.raises(error):
        write_half()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_writer_that_writes_nothing_is_an_error_and_keeps_the_old_file(tmp_path):
    target = tmp_path / "plan.gpkg"
    target.write_text("old")
    with pytest.raises(FileNotFoundError), replace_when_done(target):
        pass
    assert target.read_text() == "old"


def test_a_link_stays_a_link(tmp_path):
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_text("old")
    link.symlink_to(real)
    with replace_when_done(link) as temporary:
        temporary.write_text("new")
    assert link.is_symlink()
    assert real.read_text() == "new"


def test_a_missing_folder_and_a_folder_as_target_are_named(tmp_path):
    with pytest.raises(InputError, match=r"does not exist.*nowhere"), replace_when_done(tmp_path / "nowhere" / "a.txt"):
        pass
    with pytest.raises(InputError, match="a folder stands"), replace_when_done(tmp_path):
        pass
