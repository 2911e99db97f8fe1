"""Proxies in the environment do not get local calls."""

import os

import httpx

from samplers.api import connect


def test_a_proxy_in_the_environment_does_not_get_local_calls(client, monkeypatch):
    monkeypatch.delenv("SAMPLERS_MODEL_NAME", raising=False)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "example.org")
    local = connect("local")
    assert local.models()
    assert httpx.get(f"{local.base_url}/models", auth=local.auth).status_code == 200
    assert os.environ["no_proxy"] == "example.org,127.0.0.1"
