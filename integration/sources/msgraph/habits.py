"""How Graph answers for particular collections and relations: what it tracks, expands, pages and counts.

Sources: Use delta query to track changes; Optional query parameters, ``$expand``; Advanced query capabilities on
Microsoft Entra ID objects; the reference pages of the methods named here.
"""

TRACKED = frozenset(
    {
        "/applications",
        "/contacts",
        "/devices",
        "/directory/administrativeUnits",
        "/directoryRoles",
        "/groups",
        "/oauth2PermissionGrants",
        "/servicePrincipals",
        "/users",
    }
)
"""Collections of directory objects that Graph v1.0 tracks (msgraph-metadata, v1.0 CSDL)."""
TRACKED_RELATIONS = frozenset(
    {
        ("/directory/administrativeUnits", "members"),
        ("/directoryRoles", "members"),
        ("/groups", "members"),
        ("/groups", "owners"),
        ("/users", "manager"),
    }
)
"""Relations whose changes a delta query of the parents tells (the ``delta`` methods of these resource types)."""
UNTRACKED_PROPERTIES = frozenset({"signInActivity"})
"""Properties that are kept outside the directory, so that no delta query tells of them."""
SINGLE = frozenset({"manager"})
"""Relations of which a parent has one child at most, so that the child itself comes, and no collection."""
EXPANDED = frozenset(
    {
        ("/applications", "owners"),
        ("/devices", "registeredOwners"),
        ("/devices", "registeredUsers"),
        ("/groups", "owners"),
        ("/servicePrincipals", "owners"),
        ("/users", "manager"),
    }
)
"""Relations that are read with the listing of their parents: few of these have more than 20 children."""
MOST_EXPANDED = 20
"""The most children that come with a parent, and nothing says that there are more (Known issues with Graph)."""
ADVANCED = frozenset({"memberOf", "members", "owners", "transitiveMemberOf", "transitiveMembers"})
"""Relations that v1.0 lists whole only by an advanced query: a plain one leaves service principals out."""
OPENED_BY = {"federatedIdentityCredentials": "Application.Read.All"}
"""Relations that no broader permission opens, with the one that does (List federatedIdentityCredentials)."""
WITH_PARENT = {"resourceRoleScopes": "role,scope"}
"""Relations that are read with a single parent alone, and what comes with each child (List resourceRoleScopes)."""
_STAGES = "/identityGovernance/entitlementManagement/accessPackageAssignmentApprovals/{id}/stages"
_INTUNE = ("deviceStatuses", "managedDevices", "roleAssignments")
_APPS = ("delegatedPermissionClassifications", "federatedIdentityCredentials")
UNPAGED = frozenset({"decisions", "instances", "resources", _STAGES, *_APPS, *_INTUNE})
"""Relations for which no page size is documented."""
MAY_BE_ABSENT = frozenset({_STAGES, "/policies/roleManagementPolicyAssignments"})
"""Relations for which 404 says that a parent has none, whatever its code.

A request that nobody had to approve has no stages, and a group that Privileged Identity Management does not manage no
policies (Privileged Identity Management for Groups: a group is to be brought under management first).
"""
MAY_HIDE = frozenset({"/groups", "/directory/administrativeUnits"})
"""Collections of objects that may hide their members."""
COUNTED = {"/deviceManagement/managedDevices": ("/deviceManagement/managedDeviceOverview", "enrolledDeviceCount")}
"""Listings that may be short in a large tenant, and the object and its property that say how many there are.

Sources: microsoft-graph-docs, issue 21659; managedDeviceOverview resource type.
"""
OTHER_END = {("/groups", "members"): ("/servicePrincipals", "memberOf", "servicePrincipal")}
"""Where children of a kind are read from their own end, for a relation that may leave them out."""
LISTED = {("/servicePrincipals", "memberOf"): ("directoryRole", "/roleManagement/directory/roleAssignments")}
"""Children of a relation that say once more, by their kind, what a listing has."""
