"""deploy/ agrees with the settings, the Dockerfile and the program. It is parsed, not run."""

import re
from pathlib import Path

import pytest

from bridge.background import PATIENCE
from bridge.config import Settings
from bridge.endpoints import health
from bridge.serving.server import GRACE
from tests.commands import typed
from tests.container.dockerfile import stages
from tests.container.manifests import CHOSEN, Mounted, chosen, compose, kubernetes

COMPOSE, KUBERNETES = compose(), kubernetes()

IMAGE = stages()[-1]
USER = IMAGE.one("USER")
PORT = int(IMAGE.one("EXPOSE"))

POD = KUBERNETES["Deployment"]["spec"]["template"]["spec"]
BRIDGE = POD["containers"][0]
CHECK = POD["initContainers"][0]

OURS = ("bridge", "demo")

# Seconds that the bridge takes to end
ENDS_WITHIN = GRACE + PATIENCE


def _check_command(words: list[str]) -> None:
    """The words that follow the image's entry point are a command with options that it has."""
    typed(words).close()


# Settings


def test_compose_gives_the_bridge_settings_that_it_reads(tmp_path: Path) -> None:
    service = COMPOSE["services"]["bridge"]
    mounted = Mounted("/run/secrets", frozenset(service["secrets"]))
    settings = mounted.settings(chosen(service["environment"]), tmp_path)
    _check_settings(settings)


def test_kubernetes_gives_the_bridge_settings_that_it_reads(tmp_path: Path) -> None:
    text = Path(__file__).parents[2] / "deploy" / "kubernetes.yaml"
    created = re.findall(r"--from-file=([\w-]+)", text.read_text("utf-8"))
    (mount,) = (each for each in BRIDGE["volumeMounts"] if each["name"] == "secrets")
    mounted = Mounted(mount["mountPath"], frozenset(created))
    _check_settings(mounted.settings(KUBERNETES["ConfigMap"]["data"], tmp_path))


def _check_settings(settings: Settings) -> None:
    assert settings.issuer == CHOSEN["BRIDGE_ISSUER"]
    assert settings.is_postgresql
    assert settings.trusted_proxies
    assert not settings.simulated


@pytest.mark.parametrize(
    "environ", [COMPOSE["services"]["bridge"]["environment"], KUBERNETES["ConfigMap"]["data"]]
)
def test_no_secret_stands_in_the_environment(environ: dict[str, str]) -> None:
    for name in ("BRIDGE_SECRETS", "BRIDGE_WECHAT_CLIENT_SECRET", "BRIDGE_DATABASE"):
        assert name not in environ
        assert f"{name}_FILE" in environ


def test_kubernetes_takes_its_settings_and_secrets_by_reference() -> None:
    (volume,) = (each for each in POD["volumes"] if "secret" in each)
    name = KUBERNETES["ConfigMap"]["metadata"]["name"]
    assert "Secret" not in KUBERNETES
    assert volume["secret"]["secretName"]
    assert volume["secret"]["defaultMode"] == 0o440
    for container in (BRIDGE, CHECK):
        assert "env" not in container
        assert container["envFrom"] == [{"configMapRef": {"name": name}}]


# What Compose starts


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_every_service_of_compose_may_do_little(name: str) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"])
    if name in OURS:
        assert service["user"] == USER
        assert service["init"] is False
    for port in service.get("ports", ()):
        assert port.startswith("127.0.0.1:")


def test_compose_waits_for_postgresql_and_longer_than_the_bridge_for_its_end() -> None:
    bridge, database = COMPOSE["services"]["bridge"], COMPOSE["services"]["database"]
    assert bridge["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert "pg_isready" in database["healthcheck"]["test"]
    assert int(bridge["stop_grace_period"].removesuffix("s")) > ENDS_WITHIN
    assert bridge["ports"] == [f"127.0.0.1:{PORT}:{PORT}"]
    # Nobody but the bridge reaches the database.
    assert set(database["networks"]) < set(bridge["networks"])
    assert COMPOSE["networks"]["data"]["internal"] is True
    assert "ports" not in database


def test_compose_trusts_this_machine_and_nobody_else_as_a_proxy() -> None:
    (network,) = COMPOSE["networks"]["outside"]["ipam"]["config"]
    trusted = COMPOSE["services"]["bridge"]["environment"]["BRIDGE_TRUSTED_PROXIES"]
    assert trusted == network["gateway"]


def test_composes_secrets_are_files_that_it_names() -> None:
    used = {name for service in COMPOSE["services"].values() for name in service.get("secrets", ())}
    assert used == set(COMPOSE["secrets"])
    for name, secret in COMPOSE["secrets"].items():
        assert secret == {"file": f"./secrets/{name}"}


def test_the_demo_is_one_container_whose_three_ports_are_the_same_inside_and_outside() -> None:
    service = COMPOSE["services"]["demo"]
    assert service["profiles"] == ["demo"]
    context = typed(["demo", *service["command"][1:]])
    first = context.params["port"]
    context.close()
    ports = [f"127.0.0.1:{port}:{port}" for port in range(first, first + 3)]
    assert service["ports"] == ports
    assert "volumes" not in service
    assert "environment" not in service
    assert any(tmpfs.startswith("/tmp:") for tmpfs in service["tmpfs"])  # noqa: S108 - the container's


# What Kubernetes starts


def test_a_pod_runs_as_the_images_user_and_may_do_nothing_else() -> None:
    user, _, group = USER.partition(":")
    told = POD["securityContext"]
    assert told["runAsNonRoot"] is True
    assert (told["runAsUser"], told["runAsGroup"]) == (int(user), int(group))
    assert told["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in (BRIDGE, CHECK):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["image"] == BRIDGE["image"]
        assert container["resources"]["limits"]["memory"]
    assert POD["enableServiceLinks"] is False
    assert POD["automountServiceAccountToken"] is False
    assert POD["serviceAccountName"] == KUBERNETES["ServiceAccount"]["metadata"]["name"]


def test_a_pod_keeps_nothing_in_files() -> None:
    kept = [volume for volume in POD["volumes"] if volume.keys() - {"name", "secret", "emptyDir"}]
    assert kept == []
    assert [mount["mountPath"] for mount in BRIDGE["volumeMounts"]] == [
        "/run/secrets/wechat-oidc",
        "/tmp",  # noqa: S108 - the container's
    ]


def test_the_init_container_runs_the_doctor_and_the_other_what_the_image_runs() -> None:
    assert CHECK["args"] == ["check", "--before-serve"]
    _check_command(CHECK["args"])
    _check_command(IMAGE.words("CMD"))
    for container in (BRIDGE, CHECK):
        assert "command" not in container
    assert "args" not in BRIDGE
    assert BRIDGE["image"].rpartition(":")[2] == IMAGE.one("ARG").removeprefix("VERSION=")


def test_probes_ask_what_there_is_where_it_listens() -> None:
    (port,) = BRIDGE["ports"]
    assert port == {"name": "http", "containerPort": PORT}
    paths = {route.path for route in health.router.routes}
    probes = {name: probe for name, probe in BRIDGE.items() if name.endswith("Probe")}
    asked = {name: probe["httpGet"]["path"] for name, probe in probes.items()}
    assert asked == {
        "startupProbe": "/health/live",
        "livenessProbe": "/health/live",
        "readinessProbe": "/health/ready",
    }
    assert set(asked.values()) == paths
    for probe in probes.values():
        assert probe["httpGet"]["port"] == port["name"]
        # A part has a second to answer.
        assert probe["timeoutSeconds"] > 1


def test_a_rollout_takes_nobody_away_and_kubernetes_waits_longer_than_the_bridge() -> None:
    spec = KUBERNETES["Deployment"]["spec"]
    assert spec["replicas"] == 3
    assert spec["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert KUBERNETES["PodDisruptionBudget"]["spec"]["minAvailable"] < spec["replicas"]
    program, seconds = BRIDGE["lifecycle"]["preStop"]["exec"]["command"]
    assert program == "sleep"
    assert POD["terminationGracePeriodSeconds"] > int(seconds) + ENDS_WITHIN
    (spread,) = POD["topologySpreadConstraints"]
    assert spread["topologyKey"] == "kubernetes.io/hostname"


def test_everything_is_about_the_same_pods() -> None:
    labels = KUBERNETES["Deployment"]["spec"]["template"]["metadata"]["labels"]
    selectors = [
        KUBERNETES["Deployment"]["spec"]["selector"]["matchLabels"],
        KUBERNETES["Service"]["spec"]["selector"],
        KUBERNETES["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
        KUBERNETES["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
        POD["topologySpreadConstraints"][0]["labelSelector"]["matchLabels"],
    ]
    assert selectors == [labels] * len(selectors)


def test_no_service_is_called_bridge() -> None:
    """Its variables would look like settings; they are ignored all the same, see tests/config."""
    assert KUBERNETES["Service"]["metadata"]["name"] != "bridge"
    (port,) = KUBERNETES["Service"]["spec"]["ports"]
    assert port["targetPort"] == BRIDGE["ports"][0]["name"]


def test_the_network_policy_lets_through_what_the_bridge_needs() -> None:
    spec = KUBERNETES["NetworkPolicy"]["spec"]
    assert set(spec["policyTypes"]) == {"Ingress", "Egress"}
    ((ingress),) = spec["ingress"]
    assert ingress["ports"] == [{"port": BRIDGE["ports"][0]["name"]}]
    assert ingress["from"]
    assert {rule["port"] for rule in spec["egress"][0]["ports"]} == {53, 443, 5432}


def test_every_setting_that_is_named_anywhere_exists() -> None:
    """In comments, too."""
    for name in ("compose.yaml", "kubernetes.yaml"):
        text = (Path(__file__).parents[2] / "deploy" / name).read_text("utf-8")
        for variable in set(re.findall(r"\bBRIDGE_[A-Z_]+\b", text)) - {"BRIDGE_PORT"}:
            known = variable.removeprefix("BRIDGE_").removesuffix("_FILE").lower()
            table, _, key = known.partition("_")
            assert known in Settings.model_fields or (table == "wechat" and key), variable
