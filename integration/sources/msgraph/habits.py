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
MAY_BE_ABSENT = frozenset({_STAGES})
"""Relations for which 404 says that a parent has none, as a request that nobody had to approve: Graph names no code."""
OTHER_END = {("/groups", "members"): ("/servicePrincipals", "memberOf", "servicePrincipal")}
"""Where children of a kind are read from their own end, for a relation that may leave them out."""
LISTED = {("/servicePrincipals", "memberOf"): ("directoryRole", "/roleManagement/directory/roleAssignments")}
"""Children of a relation that say once more, by their kind, what a listing has."""
