"""Each relationship that graph-azure declares is here, or the pages say what became of it."""

import re
from collections.abc import Iterator

import pytest

from integration import load
from integration.sdk.model import relationship_type
from integration.sdk.plugins import declared_steps
from tests.support import ROOT

pytestmark = pytest.mark.every_area

DECLARED = """
account HAS keyvault_service management_group
api_management_service HAS api_management_api
application_security_group PROTECTS vm
batch_account HAS batch_application batch_certificate batch_pool
bgp_service_communities HAS expressroute
cdn_profile HAS cdn_endpoint
classic_admin_group HAS user
container USES container_volume
container_group HAS container container_volume
container_registry HAS container_registry_webhook
container_volume USES storage_file_share
cosmosdb_account HAS cosmosdb_sql_database
ddos_protection_plan ASSIGNED public_ip vnet
diagnostic_setting USES storage_account
dns_zone HAS dns_record_set
event_grid_domain HAS event_grid_domain_topic
event_grid_domain_topic HAS event_grid_topic_subscription
event_grid_topic HAS event_grid_topic_subscription
event_hub HAS location
event_hub_cluster ASSIGNED event_hub_namespace
event_hub_consumer_group HAS event_hub
event_hub_key USES keyvault_service
event_hub_namespace HAS event_hub event_hub_key
expressroute HAS application_gateway expressroute_circuit_connection peer_expressroute_circut_connection
expressroute_circuit HAS expressroute_circuit_connection peer_expressroute_circut_connection
frontdoor HAS frontdoor_backend_pool frontdoor_frontend_endpoint frontdoor_routing_rule frontdoor_rules_engine
function_app USES app_service_plan
gallery CONTAINS shared_image
keyvault_service CONTAINS keyvault_key keyvault_secret
keyvault_service HAS synapse_key
kube_cluster_role_binding IS kube_cluster_role_binding
kube_service CONTAINS kube_trusted_access_role
kube_trusted_access_role IS kube_cluster_role
kubernetes_cluster CONTAINS kube_cluster_role_binding
kubernetes_cluster HAS kube_maintenance_configuration
lb CONNECTS nic
management_group CONTAINS management_group
management_group HAS subscription
mariadb_server HAS mariadb_database
monitor_log_profile USES storage_account
mysql_server HAS mysql_database
network_firewall HAS network_firewall_policy
network_firewall_policy EXTENDS network_firewall_policy
network_watcher HAS security_group_flow_logs
policy_assignment HAS policy_state
policy_assignment USES policy_definition policy_set_definition
policy_definition DEFINES policy_state
policy_set_definition CONTAINS policy_definition
postgresql_server HAS postgresql_database postgresql_server_firewall_rule
private_dns_zone HAS private_dns_record_set
private_endpoint USES nic
redis_cache CONNECTS redis_cache
redis_cache HAS firewall_rule
resource_group HAS api_management_service app_service_plan batch_account cdn_profile container_group
    container_registry cosmosdb_account ddos_protection_plan dns_zone event_grid_domain event_grid_topic event_hub
    frontdoor function_app gallery image keyvault_service kubernetes_cluster lb managed_disk mariadb_server
    monitor_activity_log_alert mysql_server network_firewall network_watcher nic postgresql_server private_dns_zone
    private_endpoint public_ip redis_cache security_group service_bus_namespace sql_server storage_account vm
    vm_scale_set vnet web_app
role_assignment ASSIGNED application directory directory_role_template everyone foreign_group msi
    service_principal unknown unknown_principal_type user user_group
role_assignment USES role_definition
security_group HAS security_group_flow_logs
security_group PROTECTS nic subnet
security_group_flow_logs USES storage_account
service_bus_namespace HAS service_bus_queue service_bus_topic
service_bus_topic HAS service_bus_subscription
shared_image HAS shared_image_version
sql_server HAS sql_database sql_server_active_directory_admin sql_server_firewall_rule
storage_account HAS storage_container storage_file_share storage_queue storage_table
storage_account USES keyvault_service
subnet HAS private_endpoint vm
subscription CONTAINS role_definition
subscription HAS bgp_service_communities ddos_protection_plan defender_alert event_hub expressroute kube_service
    monitor_log_profile resource_group security_center_auto_provisioning_setting security_center_contact
    security_center_setting security_center_subscription_pricing synapse
subscription PERFORMED security_assessment
subscription USES location
synapse HAS synapse_key synapse_sql_pool synapse_workspace
synapse_sql_pool ASSIGNED synapse_masking_policy
synapse_sql_pool HAS synapse_masking_rule
synapse_workspace HAS synapse_key synapse_sql_pool
vm GENERATED shared_image_version
vm USES image managed_disk nic public_ip shared_image shared_image_version storage_account vm_extension
    vm_scale_set
vm_scale_set USES shared_image
vnet CONTAINS subnet
web_app USES app_service_plan
"""
"""From what, by what and to what, without ``azure_``, where the name follows from these. Source: graph-azure v7.9.5."""
NAMED = """
azure_access_packages_approver_is_user azure_access_packages_service_assignment_contains_policy
azure_access_packages_services_has_application azure_access_packages_services_has_service_assignment
azure_account_has_group azure_account_has_user azure_application_assigned_access_packages_catalog
azure_assessment_identified_recommendation azure_conditional_access_policy_assigned_user
azure_conditional_access_policy_assigned_user_group azure_conditional_access_policy_contains_named_location
azure_conditional_access_service_has_authorization_context azure_conditional_access_service_has_policy
azure_conditional_access_service_has_template azure_expressroute_has_circuit azure_group_has_group
azure_group_has_member azure_group_has_user azure_location_has_network_watcher
azure_monitor_activity_log_alert_monitors_azure_scope azure_network_firewall_rule
azure_private_endpoint_connects_resource azure_resource_has_diagnostic_setting azure_resource_has_finding
azure_resource_has_policy_assignment azure_resource_has_policy_state azure_resource_lock_has_any_resource
azure_role_assignment_allows_any_scope azure_security_group_rule azure_service_principal_assigned_principal
azure_service_principal_assigned_user azure_service_principal_assigned_user_group
azure_service_principal_has_ad_role_definition azure_subscription_uses_usage_details
azure_user_assigned_access_packages_services azure_user_created_access_packages_request
azure_user_group_assigned_access_packages_services azure_user_has_ad_role_definition azure_user_has_device
azure_vm_uses_managed_identity mapping_source_allows_azure_principal mapping_source_generated_azure_image_source
mapping_source_has_defender_alert
"""
"""The others. Source: the same, and its steps of Microsoft Entra."""
PRINCIPALS = {
    "application", "directory", "directory_role_template", "everyone", "foreign_group", "msi", "unknown",
    "unknown_principal_type",
}  # fmt: skip
"""Kinds of principals that roles lead to there, of which nothing is an entity here."""


def declared() -> Iterator[tuple[str, str, str]]:
    for line in DECLARED.replace("\n    ", " ").strip().splitlines():
        start, verb, *ends = line.split()
        yield from ((start, verb, end) for end in ends)


@pytest.mark.every_type
def test_what_became_of_each_relationship_of_graph_azure_is_told() -> None:
    ours = {step.name for step in declared_steps(load()) if step.is_relationship}
    page, azure = ((ROOT / "docs" / name).read_text("utf-8") for name in ("from-graph-azure.md", "azure.md"))
    told = ours | set(re.findall(r"`(\w+)`", page))
    unread = set(re.findall(r"^\| `azure_(\w+)` \|.*\| not read: ", azure, re.MULTILINE))
    assert unread >= {"expressroute", "synapse", "usage_details"}
    assert "What leads from or to a type that is [not read](azure.md#beside-graph-azure)" in page
    assert "principals of other kinds are named by `principalId`" in page
    untold = {
        name
        for start, verb, end in declared()
        if (name := relationship_type(f"azure_{start}", verb, f"azure_{end}")) not in told
        and not {start, end} & unread
        and (start, end in PRINCIPALS) != ("role_assignment", True)
    }
    untold |= {name for name in NAMED.split() if name not in told and not any(each in name for each in unread)}
    assert untold == set()
    assert len({*declared()}) + len(NAMED.split()) == 216
