"""Settings: a wrong one stops the start with one line that says which, and why."""

import pytest

from compliance.web.settings import SettingsError, load


@pytest.fixture(autouse=True)
def _own_instance(monkeypatch, tmp_path):
    monkeypatch.setenv("COMPLIANCE_INSTANCE", str(tmp_path))
    return tmp_path


WRONG = [
    ({"COMPLIANCE_WORKERS": "many"}, "COMPLIANCE_WORKERS: "),
    ({"COMPLIANCE_WORKERS": "0"}, "COMPLIANCE_WORKERS: "),
    ({"COMPLIANCE_MODE": "test"}, "COMPLIANCE_MODE: "),
    ({"COMPLIANCE_SECRET_KEY": "short"}, "COMPLIANCE_SECRET_KEY: "),
    ({"COMPLIANCE_PUBLIC_URL": "visits.example.org"}, "COMPLIANCE_PUBLIC_URL: must be an address"),
    ({"COMPLIANCE_DATABASE_URL": "mysql://x"}, "COMPLIANCE_DATABASE_URL: must begin with"),
    ({"COMPLIANCE_QUEUE_URL": "amqp://x"}, "COMPLIANCE_QUEUE_URL: must begin with"),
    ({"COMPLIANCE_SMS_URL": "http://sms.example.org"}, "COMPLIANCE_SMS_URL: must be an address"),
    ({"COMPLIANCE_WECOM_SECRET": "k" * 40}, "wecom_secret: WeCom needs"),
    ({"COMPLIANCE_MODE": "production"}, "secret_key: production needs"),
    ({"COMPLIANCE_MODE": "production", "COMPLIANCE_SECRET_KEY": "k" * 40}, "public_url: production needs"),
]


@pytest.mark.parametrize(("given", "said"), WRONG, ids=[said for _, said in WRONG])
def test_a_wrong_setting_is_named_in_one_line(monkeypatch, given, said):
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as told:
        load()
    assert said in str(told.value)
    assert "\n" not in str(told.value)
    assert "k" * 40 not in str(told.value)


def test_an_unknown_name_in_the_file_is_refused_with_the_known_ones(_own_instance):
    (_own_instance / "config.toml").write_text('publik_url = "https://x.example"\n')
    with pytest.raises(SettingsError, match="PUBLIK_URL: is not a setting .*public_url"):
        load()


def test_a_file_that_is_no_toml_is_named(_own_instance):
    (_own_instance / "config.toml").write_text("mode = production\n")
    with pytest.raises(SettingsError, match="config.toml"):
        load()


def test_the_environment_wins_over_the_file(_own_instance, monkeypatch):
    (_own_instance / "config.toml").write_text("workers = 3\nthreads = 5\n")
    monkeypatch.setenv("COMPLIANCE_WORKERS", "7")
    settings = load()
    assert (settings.workers, settings.threads) == (7, 5)


def test_certificates_that_are_none_stop_the_start(tmp_path):
    for file in (tmp_path / "absent.pem", tmp_path / "text.pem"):
        if file.stem == "text":
            file.write_text("no certificate")
        with pytest.raises(SettingsError, match="COMPLIANCE_MAIL_AUTHORITY: must be a file of certificates"):
            load(instance=tmp_path, mail_authority=file)


def test_mail_is_encrypted_unless_somebody_says_otherwise(tmp_path):
    assert load(instance=tmp_path).mail_tls == "required"
    with pytest.raises(SettingsError, match="COMPLIANCE_MAIL_TLS"):
        load(instance=tmp_path, mail_tls="never")
