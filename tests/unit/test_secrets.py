"""What is hidden of foreign text before it is shown or handed on, and what is left."""

from xml.etree import ElementTree

import pytest

from tui.domain.secrets import (
    MASK,
    looks_secret,
    masked_assignment,
    masked_document,
    masked_line,
    masked_text,
    masked_xml,
)


@pytest.mark.parametrize(
    "name",
    [
        "PASSWORD", "MYSQL_PWD", "DB_PW", "api_key", "AUTH_TOKEN", "client-secret", "SENTRY_DSN", "session_cookie",
        "AWS_SECRET_ACCESS_KEY", "PRIVATE", "CONNECTION_STRING", "webhook",
    ],
)  # fmt: skip
def test_names_of_secrets(name: str) -> None:
    assert looks_secret(name)
    assert masked_assignment(f"{name}=x=y") == f"{name}={MASK}"
    assert masked_assignment(f"--env={name}=x") == f"--env={name}={MASK}"


@pytest.mark.parametrize("name", ["PATH", "HOME", "PWD", "GPG_KEY", "SSH_AUTH_SOCK", "Author"])
def test_names_of_what_is_none(name: str) -> None:
    assert not looks_secret(name)
    assert masked_assignment(f"{name}=/x") == f"{name}=/x"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("curl http://me:pw@h/x", f"curl http://me:{MASK}@h/x"),
        ("run PASSWORD='a b' -x", f"run PASSWORD={MASK} -x"),
        ("A=1 TOKEN=abc", f"A=1 TOKEN={MASK}"),
        ("nothing here", "nothing here"),
    ],
)
def test_command_lines(text: str, masked: str) -> None:
    assert masked_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer s3cr3t-value",
        "authorization: basic s3cr3tvalue==",
        "password: s3cr3t",
        '{"password": "s3cr3t"}',
        "chpasswd: s3cr3t",
        "app --api-token s3cr3t",
        "redis://:s3cr3t@db:6379/0",
        "-----BEGIN RSA PRIVATE KEY-----\ns3cr3t\n-----END RSA PRIVATE KEY-----",
        "DB_PASSWORD=s3cr3t",
    ],
)
def test_lines_of_logs(text: str) -> None:
    assert "s3cr3t" not in masked_line(text)


@pytest.mark.parametrize(
    "text", ["auth: failed for bob", "GET /tokens/ 200", "key exchange done", "a password is needed"]
)
def test_lines_that_hold_no_secret_stay(text: str) -> None:
    assert masked_line(text) == text


def test_document_is_masked_by_keys_assignments_and_options() -> None:
    document = {
        "Config": {"Env": ["PATH=/bin", "DB_PASSWORD=s3cr3t"], "Cmd": ["app", "--token", "s3cr3t", "--name", "x"]},
        "Labels": {"api_key": "s3cr3t", "team": "ops"},
        "CreateCommand": [
            "podman",
            "run",
            "-eSECRET=s3cr3t",
            "--env=TOKEN=s3cr3t",
            "-e",
            "KEY=s3cr3t",
            "--password=s3cr3t",
        ],
        "Author": "me",
        "KeyCount": 3,
        "Healthcheck": {"Test": ["CMD-SHELL", "curl -H 'Authorization: Bearer s3cr3tvalue' http://a:s3cr3t@h"]},
    }
    masked = masked_document(document)
    assert "s3cr3t" not in str(masked)
    assert masked["Config"]["Env"][0] == "PATH=/bin"
    assert masked["Config"]["Cmd"] == ["app", "--token", MASK, "--name", "x"]
    assert (masked["Labels"]["team"], masked["Author"], masked["KeyCount"]) == ("ops", "me", 3)
    assert document["Config"]["Env"][1].endswith("s3cr3t")  # type: ignore[index]


XML = """<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>a&lt;b</name>
  <devices>
    <graphics type='vnc' port='-1' passwd='s3cr3t' passwdValidTo='2030-01-01' keymap='de'/>
    <disk><auth username='me'><secret type='ceph' uuid='1-2'/></auth></disk>
  </devices>
  <sysinfo type='smbios'><oemStrings><entry>ds=nocloud;password: s3cr3t</entry></oemStrings></sysinfo>
  <sysinfo type='fwcfg'><entry name='opt/secret'>s3cr3t</entry></sysinfo>
  <os><cmdline>console=ttyS0 root_password=s3cr3t</cmdline></os>
  <metadata><password>s3cr3t</password></metadata>
  <qemu:commandline>
    <qemu:env name='API_TOKEN' value='s3cr3t'/><qemu:arg value='secret,id=s,data=x'/><qemu:arg value='password=s3cr3t'/>
  </qemu:commandline>
</domain>"""


def test_xml_keeps_its_shape_and_loses_its_passwords() -> None:
    masked = masked_xml(XML)
    assert "s3cr3t" not in masked
    root = ElementTree.fromstring(masked)  # noqa: S314 - made above
    assert root.findtext("name") == "a<b"
    graphics = root.find("devices/graphics")
    assert graphics is not None
    assert graphics.get("keymap") == "de"
    assert 'uuid="1-2"' in masked
    assert "console=ttyS0" in masked


def test_what_is_no_xml_is_masked_all_the_same() -> None:
    assert "s3cr3t" not in masked_xml("<a\npassword: s3cr3t")
