"""The policy on authentication methods, and the methods."""

from collections.abc import Collection, Iterator
from typing import Any

from integration import BadAnswer, Context, Entity, Relationship, entity_step, relationship_step
from steps._forms import objects_in, required_text, text_in
from steps._words import says, words_of

POLICY, METHOD = "azure_authentication_methods_policy", "azure_authentication_method_configuration"
PERMISSIONS = ["Policy.Read.AuthenticationMethod"]
_PATH = "/policies/authenticationMethodsPolicy"
_EVERYBODY = "all_users"
_USER = "user"
"""What kind of target a single user is: older policies have some (authenticationMethodTarget resource type)."""


@entity_step("ControlPolicy", permissions=PERMISSIONS, needs=["azure_account"])
def azure_authentication_methods_policy(ctx: Context) -> Iterator[Entity]:
    """Which methods users may sign in with, and how they are led to register them."""
    policy = ctx.graph.get(_PATH, select=None)
    yield Entity(
        f"{POLICY}:{ctx.one('azure_account').properties['id']}",
        policy,
        name=policy.get("displayName") or "Authentication Methods Policy",
        category="config",
    )


@entity_step("ControlPolicy", permissions=PERMISSIONS)
def azure_authentication_method_configuration(ctx: Context) -> Iterator[Entity]:
    """A method that users may sign in with, and who may."""
    for method in _methods(ctx):
        targets = objects_in(method, "includeTargets")
        yield Entity(
            f"{METHOD}:{method['id']}",
            method,
            name=method.get("displayName") or method["id"],
            category="config",
            active=says(method.get("state"), "enabled"),
            appliesToAllUsers=any(says(target["id"], _EVERYBODY) for target in targets),
            **_passkeys(objects_in(method, "passkeyProfiles")),
            certificateUserBindings=_bindings(objects_in(method, "certificateUserBindings")) or None,
            signInTargetIds=[target["id"] for target in targets if target.get("isUsableForSignIn")],
        )


def _methods(ctx: Context) -> list[dict[str, Any]]:
    """Return the methods, which come with the policy."""
    policy, name = ctx.graph.get(_PATH, select=None), "authenticationMethodConfigurations"
    if policy.get(name) is None:
        raise BadAnswer("Graph gave the policy without its methods", path=_PATH)
    return objects_in(policy, name)


def _passkeys(profiles: Collection[dict[str, Any]]) -> dict[str, list[str]]:
    """Return what the profiles of passkeys allow; nothing where there are none."""
    kinds = {kind for each in profiles for kind in words_of(each.get("passkeyTypes")) or ()}
    loose = [
        each.get("name") or each["id"] for each in profiles if says(each.get("attestationEnforcement"), "disabled")
    ]
    return {"passkeyTypes": sorted(kinds), "passkeyProfilesWithoutAttestation": loose} if profiles else {}


def _bindings(bindings: Collection[dict[str, Any]]) -> list[str]:
    """Return by what a certificate leads to its user, by priority."""
    listed = sorted(bindings, key=lambda each: each.get("priority") or 0)
    return [
        f"{text_in(each, 'x509CertificateField')}={text_in(each, 'userProperty')}{_affinity(each)}" for each in listed
    ]


def _affinity(binding: dict[str, Any]) -> str:
    level = binding.get("trustAffinityLevel")
    return f" ({level})" if level else ""


@relationship_step(POLICY, "HAS", METHOD, per_row=True)
def azure_authentication_methods_policy_has_method_configuration(ctx: Context) -> Iterator[Relationship]:
    """The policy on authentication methods has a method."""
    policy = ctx.one(POLICY)
    for method in ctx.entities(METHOD):
        yield Relationship(policy.key, method.key)


@relationship_step(METHOD, "ASSIGNED", "azure_user_group", permissions=PERMISSIONS)
def azure_authentication_method_configuration_assigned_user_group(ctx: Context) -> Iterator[Relationship]:
    """The members of a group may sign in with a method, where it is enabled."""
    yield from _targets(ctx, "includeTargets", users=False)


@relationship_step(METHOD, "ASSIGNED", "azure_user", permissions=PERMISSIONS)
def azure_authentication_method_configuration_assigned_user(ctx: Context) -> Iterator[Relationship]:
    """A user may sign in with a method, where it is enabled."""
    yield from _targets(ctx, "includeTargets", users=True)


@relationship_step(METHOD, "DENIES", "azure_user_group", permissions=PERMISSIONS)
def azure_authentication_method_configuration_denies_user_group(ctx: Context) -> Iterator[Relationship]:
    """The members of a group may not sign in with a method, also where others may."""
    yield from _targets(ctx, "excludeTargets", users=False)


def _targets(ctx: Context, listed: str, *, users: bool) -> Iterator[Relationship]:
    """Yield a relationship from each method to each user, or each group, that one of its lists names."""
    for method in _methods(ctx):
        if not (name := required_text(method, "id")):
            continue
        targets = {target["id"]: target.get("targetType") for target in objects_in(method, listed)}
        for id, kind in targets.items():
            if not says(id, _EVERYBODY) and says(kind, _USER) is users:
                yield Relationship(f"{METHOD}:{name}", id)
