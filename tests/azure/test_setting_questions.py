"""The questions about settings that many types have, against an independent computation; each asks all these types."""

import json
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.azure.test_hardening_questions import APPS, MAYBE, SUBSCRIPTION, check, every, place
from tests.question_graphs import QUESTIONS, Json, Made, saved_graphs, tenant
from tests.support import ROOT

__all__ = ["tenant"]

pytestmark = pytest.mark.every_area

Options = dict[str, list[Any]]
Told = tuple[Options, Callable[[Json], Any]]
"""What a setting may be, by property, and what a question is to find of it; ``None`` where that is nothing."""
CONFIGURATION = "azure_web_app_configuration"
ACCESS = [None, "Enabled", "enabled", "Disabled", "SecuredByPerimeter"]
ENDPOINTS: list[Any] = [None, [], ["/endpoint"]]
EVERYWHERE = [
    "azure_api_management_service", "azure_app_configuration_store", "azure_container_app_environment",
    "azure_data_factory", "azure_databricks_workspace", "azure_healthcare_dicom_service",
    "azure_healthcare_fhir_service", "azure_healthcare_service", "azure_healthcare_workspace",
    "azure_machine_learning_workspace", "azure_purview_account", "azure_recovery_vault", "azure_redis_enterprise",
    "azure_virtual_desktop_host_pool", "azure_virtual_desktop_workspace",
]  # fmt: skip
BY_RULES = [
    "azure_batch_account", "azure_data_explorer_cluster", "azure_elastic_san", "azure_event_hub_namespace",
    "azure_iot_hub", "azure_iot_provisioning_service", "azure_service_bus_namespace", "azure_signalr_service",
    "azure_synapse_workspace", "azure_web_pubsub_service",
]  # fmt: skip
BY_LISTS = ["azure_event_grid_domain", "azure_event_grid_topic", "azure_search_service"]
BY_ACLS = ["azure_cognitive_services_account", "azure_keyvault_managed_hsm"]
SERVERS = ["azure_mariadb_server", "azure_mysql_server", "azure_postgresql_server"]
PRIVATE = [
    *EVERYWHERE, *BY_RULES, *BY_LISTS, *SERVERS, *APPS, "azure_cognitive_services_account",
    "azure_container_registry", "azure_cosmosdb_account", "azure_keyvault_managed_hsm", "azure_keyvault_service",
    "azure_redis_cache", "azure_sql_server", "azure_static_web_app", "azure_storage_account",
]  # fmt: skip
LOCAL = [
    "azure_app_configuration_store", "azure_application_insights", "azure_automation_account",
    "azure_cognitive_services_account", "azure_cosmosdb_account", "azure_event_grid_domain", "azure_event_grid_topic",
    "azure_event_hub_namespace", "azure_iot_hub", "azure_iot_provisioning_service", "azure_log_analytics_workspace",
    "azure_search_service", "azure_service_bus_namespace", "azure_signalr_service", "azure_web_pubsub_service",
]  # fmt: skip
DATABASES = ["azure_sql_server", "azure_sql_managed_instance", "azure_synapse_workspace"]
IN_WORKSPACES = ["azure_healthcare_dicom_service", "azure_healthcare_fhir_service"]
OLD = {
    "TLS1_0",
    "TLS1_1",
    "1.0",
    "1.1",
    "Tls",
    "Tls11",
    "None",
    "TLSEnforcementDisabled",
    "TLS10",
    "TLSv1_0",
    "TLSv1_1",
}
VERSIONS = [None, *sorted(OLD), "TLS1_2", "Tls12", "TLS12", "TLSv1_3", "1.2", "1.3"]
BY_VERSION = {
    "minimumTlsVersion": [
        "azure_event_grid_domain", "azure_event_grid_topic", "azure_event_hub_namespace",
        "azure_frontdoor_custom_domain", "azure_frontdoor_frontend_endpoint", "azure_redis_enterprise",
        "azure_resource", "azure_service_bus_namespace",
    ],
    "minimalTlsVersion": ["azure_cosmosdb_account", "azure_sql_managed_instance", "azure_sql_server"],
    "sslMinProtocolVersion": ["azure_application_gateway"],
    "minSupportedTlsVersion": ["azure_hdinsight_cluster"],
    "minTlsVersion": ["azure_iot_hub"],
}  # fmt: skip
URI = [None, "https://vault.example/keys/one"]
BY_URI = {
    "keyVaultKeyUri": ["azure_cosmosdb_account", "azure_healthcare_service", *IN_WORKSPACES],
    "encryptionKeyUri": ["azure_backup_vault", "azure_recovery_vault"],
    "encryptionVaultBaseUrl": ["azure_data_factory"],
    "cmkKeyVaultUrl": ["azure_synapse_workspace"],
}
BY_SOURCE = [
    "azure_automation_account", "azure_batch_account", "azure_cognitive_services_account", "azure_event_hub_namespace",
    "azure_netapp_account", "azure_netapp_volume", "azure_service_bus_namespace",
]  # fmt: skip
SOURCES = [None, "Microsoft.Batch", "Microsoft.NetApp", "Microsoft.KeyVault", "Microsoft.Keyvault"]
PLATFORM = "EncryptionAtRestWithPlatformKey"


def is_on(told: str | None) -> bool:
    return (told or "").lower() == "enabled"


def public(of: Json) -> bool:
    return is_on(of["publicNetworkAccess"])


def of_vault(told: str | None) -> bool:
    return (told or "").lower() == "microsoft.keyvault"


def open_networks() -> Iterator[tuple[str, Told]]:
    for type in EVERYWHERE:
        yield type, ({"publicNetworkAccess": ACCESS}, lambda of: is_on(of["publicNetworkAccess"]) and "everywhere")
    for type in BY_RULES:
        yield type, ({"publicNetworkAccess": ACCESS}, lambda of: public(of) and "where its rules say")
    for type in BY_LISTS:
        listed: Options = {"publicNetworkAccess": ACCESS, "allowedIpAddresses": [None, [], ["203.0.113.0/24"]]}
        yield type, (listed, lambda of: public(of) and not of["allowedIpAddresses"] and "everywhere")
    acls: Options = {"publicNetworkAccess": ACCESS, "networkAcls.defaultAction": [None, "Allow", "Deny", "deny"]}
    for type in BY_ACLS:
        yield type, (acls, lambda of: public(of) and not denies(of) and "everywhere")
    yield "azure_resource", (acls, lambda of: public(of) and not denies(of) and "where its rules say")
    yield (
        "azure_automation_account",
        ({"publicNetworkAccess": MAYBE}, lambda of: of["publicNetworkAccess"] and "everywhere"),
    )
    for type in ("azure_application_insights", "azure_log_analytics_workspace"):
        ways = {"publicNetworkAccessForIngestion": ACCESS, "publicNetworkAccessForQuery": ACCESS}
        yield type, (ways, lambda of: any(is_on(of[way]) for way in of if way.startswith("public")) and "everywhere")
    yield (
        "azure_sql_managed_instance",
        (
            {"publicDataEndpointEnabled": MAYBE},
            lambda of: of["publicDataEndpointEnabled"] and "where its rules say",
        ),
    )
    yield (
        "azure_sql_virtual_machine",
        (
            {"connectivityType": [None, "PUBLIC", "Public", "PRIVATE", "LOCAL"]},
            lambda of: of["connectivityType"] in ("PUBLIC", "Public") and "where its rules say",
        ),
    )
    yield (
        "azure_storage_sync_service",
        (
            {"incomingTrafficPolicy": [None, "AllowAllTraffic", "allowalltraffic", "AllowVirtualNetworksOnly"]},
            lambda of: (of["incomingTrafficPolicy"] or "").lower() == "allowalltraffic" and "everywhere",
        ),
    )


def denies(of: Json) -> bool:
    return (of["networkAcls.defaultAction"] or "").lower() == "deny"


def without_endpoints() -> Iterator[tuple[str, Told]]:
    """What is found is how public networks reach it, in a list, which is true where that is not told."""

    def of_type(name: str | None, words: dict[Any, Any] | None = None) -> Callable[[Json], Any]:
        def found(of: Json) -> Any:
            told = of[name] if name else None
            return not of["privateEndpointIds"] and [words[told] if words else told]

        return found

    both = {"publicNetworkAccess": ACCESS, "privateEndpointIds": ENDPOINTS}
    for type in PRIVATE:
        if type not in IN_WORKSPACES:
            yield type, (both, of_type("publicNetworkAccess"))
    words = {None: None, True: "Enabled", False: "Disabled"}
    for type, name in (
        ("azure_automation_account", "publicNetworkAccess"),
        ("azure_sql_managed_instance", "publicDataEndpointEnabled"),
    ):
        yield type, ({name: MAYBE, "privateEndpointIds": ENDPOINTS}, of_type(name, words))
    for type in ("azure_disk_access", "azure_hdinsight_cluster"):
        yield type, ({"privateEndpointIds": ENDPOINTS}, of_type(None))
    policy = {"incomingTrafficPolicy": [None, "AllowAllTraffic"], "privateEndpointIds": ENDPOINTS}
    yield "azure_storage_sync_service", (policy, of_type("incomingTrafficPolicy"))


def keys_in_place() -> Iterator[tuple[str, Told]]:
    for type in LOCAL:
        yield type, ({"disableLocalAuth": MAYBE}, lambda of: not of["disableLocalAuth"] and "keys")
    yield "azure_resource", ({"disableLocalAuth": MAYBE}, lambda of: of["disableLocalAuth"] is False and "keys")
    yield (
        "azure_storage_account",
        ({"allowSharedKeyAccess": MAYBE}, lambda of: of["allowSharedKeyAccess"] is not False and "keys"),
    )
    yield (
        "azure_redis_cache",
        (
            {"disableAccessKeyAuthentication": MAYBE},
            lambda of: not of["disableAccessKeyAuthentication"] and "keys",
        ),
    )
    yield (
        "azure_batch_account",
        (
            {"allowedAuthenticationModes": [None, [], ["AAD"], ["SharedKey", "AAD"]]},
            lambda of: "SharedKey" in (of["allowedAuthenticationModes"] or ()) and "keys",
        ),
    )
    yield "azure_container_registry", ({"adminUserEnabled": MAYBE}, lambda of: of["adminUserEnabled"] and "a password")
    for type in DATABASES:
        yield (
            type,
            ({"azureADOnlyAuthentication": MAYBE}, lambda of: not of["azureADOnlyAuthentication"] and "passwords"),
        )
    yield (
        "azure_postgresql_server",
        (
            {"passwordAuth": [None, "Enabled", "enabled", "Disabled"]},
            lambda of: is_on(of["passwordAuth"]) and "passwords",
        ),
    )


def weak_transit() -> Iterator[tuple[str, Told]]:
    """What is found is the old version, and whether what is not encrypted passes."""

    def found(version: str | None, *, unencrypted: bool = False) -> Any:
        old = version if version in OLD else None
        return (old or unencrypted) and (old, int(unencrypted) or None)

    def by_version(name: str) -> Callable[[Json], Any]:
        return lambda of: found(of[name])

    for name, types in BY_VERSION.items():
        for type in types:
            yield type, ({name: VERSIONS}, by_version(name))
    for type in SERVERS:
        told: Options = {"minimalTlsVersion": VERSIONS, "secureTransport": MAYBE}
        yield type, (told, lambda of: found(of["minimalTlsVersion"], unencrypted=of["secureTransport"] is False))
    yield (
        "azure_redis_cache",
        (
            {"minimumTlsVersion": VERSIONS, "enableNonSslPort": MAYBE},
            lambda of: found(of["minimumTlsVersion"], unencrypted=of["enableNonSslPort"] is True),
        ),
    )
    yield (
        "azure_storage_account",
        (
            {"minimumTlsVersion": VERSIONS, "enableHttpsTrafficOnly": MAYBE},
            lambda of: found(of["minimumTlsVersion"] or "TLS1_0", unencrypted=of["enableHttpsTrafficOnly"] is False),
        ),
    )
    for type in APPS:
        app: Options = {"minTlsVersion": VERSIONS, "httpsOnly": MAYBE}
        yield type, (app, lambda of: found(of["told"] or of["minTlsVersion"], unencrypted=of["httpsOnly"] is False))


def lacks(name: str) -> Callable[[Json], bool]:
    return lambda of: not of[name]


def microsofts_keys() -> Iterator[tuple[str, Told]]:
    for type in ("azure_managed_disk", "azure_snapshot"):
        kinds = [None, PLATFORM, "EncryptionAtRestWithCustomerKey"]
        yield type, ({"encryption": kinds}, lambda of: of["encryption"] in (None, PLATFORM))
    yield (
        "azure_storage_account",
        (
            {"encryption.keySource": [None, "Microsoft.Storage", "Microsoft.Keyvault"]},
            lambda of: not of_vault(of["encryption.keySource"]),
        ),
    )
    for name, types in BY_URI.items():
        for type in types:
            yield type, ({name: URI}, lacks(name))
    for type in ("azure_mysql_server", "azure_postgresql_server"):
        kinds = [None, "SystemManaged", "AzureKeyVault"]
        yield type, ({"dataEncryptionType": kinds}, lambda of: of["dataEncryptionType"] == "SystemManaged")
    for type in ("azure_container_registry", "azure_machine_learning_workspace"):
        states = [None, "enabled", "Enabled", "disabled", "Disabled"]
        yield type, ({"encryptionStatus": states}, lambda of: (of["encryptionStatus"] or "").lower() == "disabled")
    for type in BY_SOURCE:
        yield type, ({"encryptionKeySource": SOURCES}, lambda of: not of_vault(of["encryptionKeySource"]))
    yield (
        "azure_resource",
        (
            {"encryptionKeySource": SOURCES},
            lambda of: of["encryptionKeySource"] is not None and not of_vault(of["encryptionKeySource"]),
        ),
    )
    names = ["managedServicesKeySource", "managedDiskKeySource", "rootKeySource"]
    yield (
        "azure_databricks_workspace",
        (
            {name: [None, "Default", "Microsoft.Keyvault"] for name in names},
            lambda of: not any(of_vault(of[name]) for name in names),
        ),
    )


ASKED: dict[str, dict[str, Told]] = {
    "services-open-to-all-networks": dict(open_networks()),
    "without-private-endpoints": dict(without_endpoints()),
    "keys-in-place-of-entra": dict(keys_in_place()),
    "weak-encryption-in-transit": dict(weak_transit()),
    "without-customer-keys": dict(microsofts_keys()),
}


def made_up(seed: int) -> Made:
    """Return a tenant with some resources of each type."""
    made, rng = Made(), random.Random(seed)
    made.entities[SUBSCRIPTION] = {
        f"/subscriptions/{id}": {"displayName": id.upper(), "subscriptionId": id} for id in ("one", "two")
    }
    for asked in ASKED.values():
        for type, (options, _) in asked.items():
            for key in (f"/{type}:{n}" for n in range(4)):
                known = {"displayName": f"{rng.choice('aA')} {rng.randint(0, 3)}", "resourceGroup": "rg"}
                known["subscriptionId"] = rng.choice(["one", "two", "unseen"])
                of = made.entities.setdefault(type, {}).setdefault(key, known)
                of |= {name: rng.choice(values) for name, values in options.items() if name not in of}
    apps = [key for type in APPS for key in made.of(type)]
    made.entities[CONFIGURATION] = {
        f"{app}/config/web": {"appId": app, "displayName": "web", "minTlsVersion": rng.choice([None, "1.0", "1.2"])}
        for app in apps
        if rng.random() < 0.7
    }
    return made


saved = saved_graphs(made_up, range(8))


def found(tenant: Made, name: str) -> list[tuple[str, Any, str | None, str]]:
    """Return type, what is wrong, subscription and key of each resource that a question is to find."""
    versions = {of["appId"]: of["minTlsVersion"] for of in tenant.of(CONFIGURATION).values()}
    expected = []
    for type, (_, wrong) in ASKED[name].items():
        for _, key, of in every(tenant, type):
            if what := wrong({**of, "told": versions.get(key)}):
                expected.append((type, what, place(tenant, of), key))
    return expected


def test_services_that_all_networks_reach(tenant: Made) -> None:
    name = "services-open-to-all-networks"
    check(name, found(tenant, name), "type reachedFrom subscription key", "reachedFrom displayName key")


def test_services_without_private_endpoints(tenant: Made) -> None:
    name = "without-private-endpoints"
    expected = [(type, *access, at, key) for type, access, at, key in found(tenant, name)]
    check(name, expected, "type publicNetworkAccess subscription key")


def test_what_takes_keys_or_passwords(tenant: Made) -> None:
    name = "keys-in-place-of-entra"
    check(name, found(tenant, name), "type by subscription key")


def test_weak_encryption_in_transit(tenant: Made) -> None:
    name = "weak-encryption-in-transit"
    expected = [(type, *weak, at, key) for type, weak, at, key in found(tenant, name)]
    check(name, expected, "type oldestTls takesUnencrypted subscription key")


def test_what_microsofts_keys_encrypt(tenant: Made) -> None:
    name = "without-customer-keys"
    expected = [(type, at, key) for type, _, at, key in found(tenant, name)]
    check(name, expected, "type subscription key")


_OF_ANOTHER = "another type says it of the same resource"
SETTINGS: list[tuple[str, list[str], dict[str, str]]] = [
    (
        r"privateEndpointIds",
        ["without-private-endpoints"],
        {
            "azure_application_gateway": "it serves a network, and is reached from there",
            "azure_private_link_service": "it is what private endpoints of others lead to",
        },
    ),
    (
        r"publicNetworkAccess.*|publicDataEndpointEnabled|network(Acls|ACLs|RuleSet|RuleSets)\.defaultAction",
        ["services-open-to-all-networks", "open-to-all-networks", "apps-open-to-all-networks", "weak-clusters"],
        {
            "azure_event_hub_network_rule_set": _OF_ANOTHER,
            "azure_service_bus_network_rule_set": _OF_ANOTHER,
            "azure_managed_disk": "nobody reaches it but by an address that is signed for a while",
            "azure_snapshot": "nobody reaches it but by an address that is signed for a while",
            "azure_static_web_app": "it is a site, which is there to be reached",
        },
    ),
    (
        r"disableLocalAuth|allowSharedKeyAccess|azureADOnlyAuthentication|passwordAuth|disableAccessKeyAuthentication",
        ["keys-in-place-of-entra"],
        {
            "azure_sql_server_active_directory_admin": _OF_ANOTHER,
            "azure_sql_server_entra_only_authentication": _OF_ANOTHER,
        },
    ),
    (
        r"min\w*(Tls|Protocol)Version|sslMinProtocolVersion|httpsOnly",
        ["weak-encryption-in-transit"],
        {},
    ),
    (
        r"encryptionKeySource|encryptionKeyUri|keyVaultKeyUri|cmkKeyVaultUrl|dataEncryptionType|encryptionVaultBaseUrl"
        r"|encryptionStatus|encryption\.keySource|rootKeySource",
        ["without-customer-keys"],
        {},
    ),
]
"""Properties, the questions of which one asks each type that has such a one, and which types are left out, and why."""


@pytest.mark.parametrize(("names", "questions", "left_out"), SETTINGS)
def test_each_type_that_has_a_setting_is_asked(names: str, questions: list[str], left_out: dict[str, str]) -> None:
    asked = {type for name in questions for type in re.findall(r"\bazure_\w+", QUESTIONS[name].sql)}
    having = {
        path.stem
        for path in (ROOT / "schemas" / "azure").glob("*.json")
        if any(re.fullmatch(names, name) for name in json.loads(path.read_text()).get("properties", {}))
    }
    assert having - asked == left_out.keys()
    assert not asked & left_out.keys()
