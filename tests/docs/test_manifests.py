"""The Kubernetes manifests of the documents: what the API server would refuse, and what fits together with nothing.

Stricter than the API where this product has a rule: containers have no more rights than they need, and their limits.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema
import pytest
import yaml

from tests.docs.test_docs import blocks

Json = dict[str, Any]


def known(required: Json, **optional: Json) -> Json:
    """An object with these fields alone."""
    properties = {**required, **optional}
    return {"type": "object", "required": [*required], "properties": properties, "additionalProperties": False}


def many(item: Json) -> Json:
    return {"type": "array", "minItems": 1, "items": item}


def one_of(*values: object) -> Json:
    return {"enum": [*values]}


NAME = {"type": "string", "pattern": "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"}
TEXT, WHOLE, TRUE, FALSE = {"type": "string"}, {"type": "integer", "minimum": 0}, one_of(True), one_of(False)
TEXTS = {"type": "object", "additionalProperties": TEXT}
PORT = {"type": "integer", "minimum": 1, "maximum": 65535}
CPU = {"type": "string", "pattern": "^[0-9]+(m|[.][0-9]+)?$"}
SIZE = {"type": "string", "pattern": "^[0-9]+[KMGT]i$"}
SELECTOR = known({"matchLabels": TEXTS})
META = known({"name": NAME}, labels=TEXTS, annotations=TEXTS)
LABELS = known({}, labels=TEXTS)
RESOURCES = known({"requests": known({"cpu": CPU, "memory": SIZE}), "limits": known({"memory": SIZE}, cpu=CPU)})
PROBE = known(
    {"exec": known({"command": many(TEXT)})}, periodSeconds=WHOLE, timeoutSeconds=WHOLE, failureThreshold=WHOLE
)
SECCOMP = known({"type": one_of("RuntimeDefault")})
RIGHTS = {"runAsNonRoot": TRUE, "seccompProfile": SECCOMP}
OWN_RIGHTS = {
    "allowPrivilegeEscalation": FALSE,
    "readOnlyRootFilesystem": TRUE,
    "capabilities": known({"drop": one_of(["ALL"])}),
}
MOUNT = known({"name": NAME, "mountPath": {"type": "string", "pattern": "^/"}}, readOnly=TRUE)
CONTAINER = known(
    {
        "name": NAME,
        "image": {"type": "string", "pattern": ":[0-9.]+$"},
        "resources": RESOURCES,
        "securityContext": known(OWN_RIGHTS, **RIGHTS),
        "volumeMounts": many(MOUNT),
    },
    command=many(TEXT),
    args=many(TEXT),
    ports=many(known({"containerPort": PORT})),
    env=many(known({"name": TEXT, "value": TEXT})),
    envFrom=many(known({"secretRef": known({"name": NAME})})),
    livenessProbe=PROBE,
    readinessProbe=PROBE,
)
VOLUME = known(
    {"name": NAME},
    secret=known({"secretName": NAME}),
    configMap=known({"name": NAME}),
    emptyDir=known({}, sizeLimit=SIZE),
    persistentVolumeClaim=known({"claimName": NAME}),
)
POD = known(
    {"containers": many(CONTAINER), "volumes": many({**VOLUME, "minProperties": 2, "maxProperties": 2})},
    automountServiceAccountToken=FALSE,
    serviceAccountName=NAME,
    restartPolicy=one_of("Never", "OnFailure", "Always"),
    terminationGracePeriodSeconds=WHOLE,
    securityContext=known(RIGHTS, runAsUser=WHOLE, runAsGroup=WHOLE, fsGroup=WHOLE),
)
TEMPLATE = known({"metadata": LABELS, "spec": POD})
FAIL = {"action": one_of("FailJob", "Ignore", "Count")}
CODES = known({"operator": one_of("In", "NotIn"), "values": many(WHOLE)}, containerName=NAME)
JOB = known(
    {"template": TEMPLATE},
    backoffLimit=WHOLE,
    activeDeadlineSeconds=WHOLE,
    podFailurePolicy=known({"rules": many(known({**FAIL, "onExitCodes": CODES}))}),
)
SPECS: Mapping[tuple[str, str], Json] = {
    ("v1", "Service"): {"spec": known({"selector": TEXTS, "ports": many(known({"port": PORT}, name=NAME))})},
    ("v1", "ServiceAccount"): {},
    ("v1", "PersistentVolumeClaim"): {
        "spec": known(
            {
                "accessModes": many(one_of("ReadWriteOnce", "ReadWriteOncePod")),
                "resources": known({"requests": known({"storage": SIZE})}),
            }
        )
    },
    ("apps/v1", "Deployment"): {
        "spec": known(
            {"selector": SELECTOR, "template": TEMPLATE},
            replicas=WHOLE,
            strategy=known({"type": one_of("Recreate", "RollingUpdate")}),
        )
    },
    ("batch/v1", "CronJob"): {
        "spec": known(
            {
                "schedule": {"type": "string", "pattern": r"^\S+( \S+){4}$"},
                "concurrencyPolicy": one_of("Forbid"),
                "jobTemplate": known({"spec": JOB}),
            }
        )
    },
    ("networking.k8s.io/v1", "NetworkPolicy"): {
        "spec": known(
            {
                "podSelector": SELECTOR,
                "policyTypes": many(one_of("Ingress", "Egress")),
                "ingress": many(
                    known({"from": many(known({"podSelector": SELECTOR})), "ports": many(known({"port": PORT}))})
                ),
            }
        )
    },
}


def page(name: str) -> list[Json]:
    """Return the objects on a page."""
    return [each for there, text in blocks("yaml") if there == name for each in yaml.safe_load_all(text)]


def template_of(document: Json) -> Json | None:
    """Return the template of the pods that an object makes."""
    spec = document.get("spec", {})
    found: Json | None = spec.get("jobTemplate", {}).get("spec", spec).get("template")
    return found


def selected(documents: list[Json], labels: Mapping[str, str]) -> list[Json]:
    """Return the templates whose pods have all of these labels."""
    templates = filter(None, map(template_of, documents))
    return [each for each in templates if labels.items() <= each["metadata"].get("labels", {}).items()]


def ports_of(template: Json) -> Iterator[int]:
    for container in template["spec"]["containers"]:
        yield from (port["containerPort"] for port in container.get("ports", ()))


PAGES = {name: page(name) for name in ("fleet.md", "operations.md")}
ALL = [(name, document) for name, documents in PAGES.items() for document in documents]
IDS = [f"{name}-{document['kind']}-{document['metadata']['name']}" for name, document in ALL]


@pytest.mark.parametrize(("name", "document"), ALL, ids=IDS)
def test_an_object_has_the_fields_of_its_kind(name: str, document: Json) -> None:
    spec = SPECS[document["apiVersion"], document["kind"]]
    schema = known({"apiVersion": TEXT, "kind": TEXT, "metadata": META, **spec})
    assert [
        f"{error.json_path}: {error.message}" for error in jsonschema.Draft202012Validator(schema).iter_errors(document)
    ] == []


@pytest.mark.parametrize(("name", "document"), ALL, ids=IDS)
def test_what_an_object_refers_to_is_there(name: str, document: Json) -> None:
    there, spec = PAGES[name], document.get("spec", {})
    if document["kind"] == "Deployment":
        labels = spec["selector"]["matchLabels"]
        assert labels
        assert selected(there, labels) == [spec["template"]]
        assert spec["template"]["spec"].get("restartPolicy", "Always") == "Always"
    if document["kind"] == "Service":
        assert [port["port"] for port in spec["ports"]] == [
            port for template in selected(there, spec["selector"]) for port in ports_of(template)
        ]
    if document["kind"] == "NetworkPolicy":
        (rule,) = spec["ingress"]
        (template,) = selected(there, spec["podSelector"]["matchLabels"])
        assert {port["port"] for port in rule["ports"]} == {*ports_of(template)}
        assert len(selected(there, rule["from"][0]["podSelector"]["matchLabels"])) == 3
    made = template_of(document)
    if made is None:
        return
    pod = made["spec"]
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    assert len(volumes) == len(pod["volumes"])
    claims = {each["metadata"]["name"] for each in there if each["kind"] == "PersistentVolumeClaim"}
    accounts = {each["metadata"]["name"] for each in there if each["kind"] == "ServiceAccount"}
    assert {
        each["persistentVolumeClaim"]["claimName"] for each in pod["volumes"] if "persistentVolumeClaim" in each
    } <= claims
    assert (
        {pod["serviceAccountName"]} <= accounts
        if "serviceAccountName" in pod
        else not pod["automountServiceAccountToken"]
    )
    if document["kind"] == "CronJob":
        assert pod["restartPolicy"] == "Never"
    for container in pod["containers"]:
        mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
        assert set(mounts.values()) == volumes.keys()
        assert "tmp" in volumes  # the root is not writable
        words = [*container.get("command", ()), *container.get("args", ())]
        files = [word for word in words if word.startswith("/")]
        assert [word for word in files if not any(word == path or word.startswith(f"{path}/") for path in mounts)] == []
        rights = {**pod.get("securityContext", {}), **container["securityContext"]}
        assert rights.keys() >= RIGHTS.keys()


def test_what_stays_up_is_asked_for_its_health_where_it_serves_it() -> None:
    staying = [document for _, document in ALL if document["kind"] == "Deployment"]
    assert staying
    for document in staying:
        (container,) = document["spec"]["template"]["spec"]["containers"]
        flag = container["command"].index("--dashboard-address")
        address = f"http://{container['command'][flag + 1]}/health"
        assert address in container["livenessProbe"]["exec"]["command"][-1]


def test_the_addresses_that_containers_are_given_are_those_of_the_service() -> None:
    (service,) = (each for each in PAGES["fleet.md"] if each["kind"] == "Service")
    address = f"tls://{service['metadata']['name']}:{service['spec']['ports'][0]['port']}"
    given = [
        word
        for document in PAGES["fleet.md"]
        if (template := template_of(document))
        for container in template["spec"]["containers"]
        for word in (*container.get("command", ()), *container.get("args", ()))
        if word.startswith("tls://")
    ]
    assert given == [address, address]
