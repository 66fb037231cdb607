"""The questions about what is written down, kept, examined and renewed against an independent computation."""

import random
from typing import Any

import pytest

from tests.azure.test_hardening_questions import MAYBE, SUBSCRIPTION, check, every
from tests.question_graphs import DAY, Made, saved_graphs, tenant

__all__ = ["tenant"]

pytestmark = pytest.mark.every_area

STORAGE, SETTING = "azure_storage_account", "azure_diagnostic_setting"
SERVER, INSTANCE = "azure_sql_server", "azure_sql_managed_instance"
VAULT, KEY = "azure_keyvault_service", "azure_keyvault_key"
MODEL, FILTER = "azure_cognitive_services_deployment", "azure_cognitive_services_content_filter"
RECOVERY, POLICY, ITEM = "azure_recovery_vault", "azure_backup_policy", "azure_backup_item"
ADMIN, HAS_ADMIN = "azure_sql_server_active_directory_admin", "azure_sql_server_has_active_directory_admin"
CONTAINS, USES, HAS_ITEM = (
    "azure_keyvault_service_contains_key",
    "azure_cognitive_services_deployment_uses_content_filter",
    "azure_recovery_vault_has_backup_item",
)
PARTS = ("vulnerability_assessment", "encryption_protector")
LOGS: list[Any] = [None, [], ["allLogs"], ["StorageDelete", "StorageRead", "StorageWrite"], ["StorageRead"], ["audit"]]
SERVICES = {
    "StorageV2": "blob file queue table",
    "BlobStorage": "blob",
    "BlockBlobStorage": "blob",
    "FileStorage": "file",
}
PROPERTIES: dict[str, dict[str, list[Any]]] = {
    STORAGE: {
        "kind": [*SERVICES, "StorageV2"], "sku": ["Standard_LRS", "Standard_LRS", "Premium_LRS"],
        "allowBlobPublicAccess": MAYBE, "encryption.keySource": [None, "Microsoft.Storage", "Microsoft.Keyvault"],
    },
    SERVER: {}, ADMIN: {}, VAULT: {}, RECOVERY: {}, ITEM: {},
    INSTANCE: {"entraAdministratorId": [None, "kim"]},
    **{f"{of}_vulnerability_assessment": {
        "storageContainerPath": [None, "", "https://a.example/scans", "https://a.example/scans"],
        "recurringScansEnabled": MAYBE, "emailSubscriptionAdmins": MAYBE, "emails": [None, [], ["kim@contoso.example"]],
    } for of in (SERVER, INSTANCE)},
    **{f"{of}_encryption_protector": {"serverKeyType": [None, "ServiceManaged", "AzureKeyVault"]}
       for of in (SERVER, INSTANCE)},
    KEY: {"enabled": MAYBE, "rotatesAutomatically": [False, False, True, None], "createdOn": [None, 3 * DAY]},
    MODEL: {},
    FILTER: {"blocked": [None, [], ["Prompt Jailbreak"], ["Completion Hate=Medium", "Prompt Hate=Medium"]]},
    POLICY: {
        "vaultId": [f"/{RECOVERY}:0", f"/{RECOVERY}:1", "/gone"], "dailyRetentionDays": [None, 7, 29, 30, 365],
        "protectedItemsCount": [None, 0, 4],
    },
}  # fmt: skip


def made_up(seed: int) -> Made:
    """Return a tenant with a few resources of each type, and settings that send logs to accounts."""
    made, rng = Made(), random.Random(seed)
    made.entities[SUBSCRIPTION] = {f"/subscriptions/{id}": {"displayName": id} for id in ("one", "Two")}
    for type, properties in PROPERTIES.items():
        made.entities[type] = {
            f"/{type}:{n}": {
                "displayName": f"{rng.choice('aA')} {n % 3}", "resourceGroup": "rg",
                **{name: rng.choice(values) for name, values in properties.items()},
            }
            for n in range(5)
        }  # fmt: skip
    senders = [
        f"{key}/{name}services/default" for key in made.of(STORAGE) for name in ("blob", "file", "queue", "table")
    ]
    senders += list(made.of(SUBSCRIPTION)) * 2
    made.entities[SETTING] = {
        f"/setting:{n}": {
            "displayName": "logs", "resourceId": sender, "enabledLogs": rng.choice(LOGS),
            "storageAccountId": rng.choice([None, *made.of(STORAGE), *made.of(STORAGE)]),
        }
        for n, sender in enumerate(senders) if rng.random() < 0.9
    }  # fmt: skip

    def joined(edge: str, start: str, end: str, chance: float) -> None:
        pairs = zip(made.of(start), made.of(end), strict=True)
        made.ends[edge] = {pair: {} for pair in pairs if rng.random() < chance}

    for edge, start, end in (
        *((f"{of}_has_{part}", of, f"{of}_{part}") for of in (SERVER, INSTANCE) for part in PARTS),
        (HAS_ADMIN, SERVER, ADMIN), (CONTAINS, VAULT, KEY), (USES, MODEL, FILTER), (HAS_ITEM, RECOVERY, ITEM),
    ):  # fmt: skip
        joined(edge, start, end, 0.7)
    return made


saved = saved_graphs(made_up, range(8))


def test_storage_that_logs_little(tenant: Made) -> None:
    expected = []
    for _, key, of in every(tenant, STORAGE):
        has = SERVICES[of["kind"]] if of["sku"] != "Premium_LRS" or of["kind"] != "StorageV2" else "blob"
        lacks = []
        for name in has.split():
            told = {
                log for _, _, setting in every(tenant, SETTING) for log in setting["enabledLogs"] or ()
                if setting["resourceId"] == f"{key}/{name}services/default"
            }  # fmt: skip
            lacks += [] if "allLogs" in told or {"StorageRead", "StorageWrite", "StorageDelete"} <= told else [name]
        if lacks:
            expected.append((", ".join(lacks), key))
    check("unlogged-storage", expected, "services key")


def test_logs_of_subscriptions_that_are_kept_openly(tenant: Made) -> None:
    kept = {(of["resourceId"], of["storageAccountId"]) for _, _, of in every(tenant, SETTING)}
    expected = []
    for subscription, account in kept & {(one, two) for one in tenant.of(SUBSCRIPTION) for two in tenant.of(STORAGE)}:
        of = tenant.of(STORAGE)[account]
        own = of["encryption.keySource"] == "Microsoft.Keyvault"
        if of["allowBlobPublicAccess"] or not own:
            opened = of["allowBlobPublicAccess"]
            expected.append(
                (subscription.rpartition("/")[2], None if opened is None else int(opened), int(not own), account)
            )
    check("logs-kept-openly", expected, "logsOf mayBeOpen withoutOwnKey key", "displayName key logsOf")


def test_sql_servers_that_nobody_examines(tenant: Made) -> None:
    administered = {server for server, _ in tenant.pairs(HAS_ADMIN)}
    administered |= {key for key, of in tenant.of(INSTANCE).items() if of["entraAdministratorId"]}
    expected = []
    for type in (SERVER, INSTANCE):
        for server, scan in tenant.pairs(f"{type}_has_vulnerability_assessment"):
            of = tenant.of(f"{type}_vulnerability_assessment")[scan]
            if of["storageContainerPath"]:
                never, nobody = of["recurringScansEnabled"] is False, of["emailSubscriptionAdmins"] is False
                expected += [(type, "is not scanned regularly", server)] if never else []
                expected += [(type, "tells nobody what scans find", server)] if nobody and not of["emails"] else []
        for server, protector in tenant.pairs(f"{type}_has_encryption_protector"):
            own = tenant.of(f"{type}_encryption_protector")[protector]["serverKeyType"] != "ServiceManaged"
            expected += [] if own else [(type, "is encrypted with Microsoft's key", server)]
        without = tenant.of(type).keys() - administered
        expected += [(type, "nobody of Entra administers it", server) for server in without]
    check("sql-servers-nobody-examines", expected, "type what key", "displayName key what")


def test_keys_that_nobody_renews(tenant: Made) -> None:
    expected = []
    for vault, key in tenant.pairs(CONTAINS):
        of = tenant.of(KEY)[key]
        if of["enabled"] and of["rotatesAutomatically"] is False:
            made = None if of["createdOn"] is None else "1970-01-04T00:00:00Z"
            expected.append((tenant.of(VAULT)[vault]["displayName"], made, key))
    check("keys-nobody-renews", expected, "vault madeOn key")


def test_models_that_can_be_broken_out_of(tenant: Made) -> None:
    expected = [
        (tenant.of(FILTER)[filter]["displayName"], model) for model, filter in tenant.pairs(USES)
        if "Prompt Jailbreak" not in (tenant.of(FILTER)[filter]["blocked"] or ())
    ]  # fmt: skip
    check("models-without-shield", expected, "filter key")


def test_backups_that_are_kept_briefly(tenant: Made) -> None:
    vaults, keeping = tenant.of(RECOVERY), {vault for vault, _ in tenant.pairs(HAS_ITEM)}
    expected = [
        (vaults.get(of["vaultId"], {}).get("displayName"), of["dailyRetentionDays"], of["protectedItemsCount"], key)
        for _, key, of in every(tenant, POLICY) if of["dailyRetentionDays"] in (7, 29)
    ]  # fmt: skip
    expected += [(of["displayName"], None, 0, key) for key, of in vaults.items() if key not in keeping]
    check("backups-kept-briefly", expected, "vault days items key")
