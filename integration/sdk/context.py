"""What a step is handed: the page that an author reads."""

from collections.abc import Iterable, Iterator, Sequence
from logging import Logger
from typing import Protocol

from integration.config.settings import Config
from integration.sdk.mapping import X_FROM
from integration.sdk.model import Entity
from integration.sdk.row import Row


class Graph(Protocol):
    """Microsoft Graph v1.0 as a step sees it: whole collections, without paging, throttling or batches.

    What several steps ask for with the same arguments is fetched once. An error that a step catches still counts: the
    runner makes its verdict ``partial``, so that no step can pass off less than everything as complete. ``NotFound``
    alone does not count: what is not there cannot be missing.
    """

    def get(
        self,
        path: str,
        *,
        select: Sequence[str] | None = X_FROM,
        also: Sequence[str] = (),
        schema: str | None = None,
        expand: str = "",
    ) -> Row:
        """Return one object.

        Args:
            path: below the version, such as ``/policies/identitySecurityDefaultsEnforcementPolicy``.
            select: properties to ask for (``$select``), as for ``list``. Where the step's schema takes its properties
                from another collection, say what to select here.
            also: as for ``list``.
            schema: as for ``list``.
            expand: as for ``list``.

        Raises:
            GraphError: Graph did not give it.
            PlanError: the path is none, or has a query; both ``select`` and ``also`` are given, or one is a text.
        """

    def list(
        self,
        path: str,
        *,
        select: Sequence[str] | None = X_FROM,
        also: Sequence[str] = (),
        schema: str | None = None,
        filter: str = "",
        expand: str = "",
        key: str = "id",
        top: int | None = 999,
    ) -> Iterator[Row]:
        """Yield the objects of a collection, each once, in no particular order.

        Args:
            path: below the version, such as ``/users``.
            select: properties to ask for (``$select``); ``id`` is always among them. By default those that the step's
                schema takes by its ``x-from``, or Graph's default set where it takes none; ``None`` for that set.
            also: properties to ask for beside those that the schema takes.
            schema: the type whose schema says what to select, where it is another one than the step's: several types
                that are made of one listing, such as an application and its credentials, ask for the same.
            filter: which objects (``$filter``); all where it is empty. A filtered collection has no delta query.
            expand: related objects that come with each object (``$expand``), for collections that give all of them.
            key: the property that tells the objects apart, where they have no ``id``; ``row["id"]`` is its value.
            top: page size (``$top``); ``None`` for collections that are not paged.

        Raises:
            GraphError: Graph did not give all of it.
            PlanError: the path is none, or has a query; both ``select`` and ``also`` are given, or one is a text.
        """

    def related(
        self,
        parents: str,
        relation: str,
        *,
        kind: str | None = None,
        select: Sequence[str] = ("id",),
        filter: str = "",
        expand: str = "",
        among: str = "",
        together: bool = False,
    ) -> Iterator[tuple[str, Row]]:
        """Yield the id of a parent and one of its children, for all children of all parents, in no particular order.

        Args:
            parents: path of the parents' collection, such as ``/groups``.
            relation: name of the navigation property, such as ``members``; or the path of a collection that is asked
                once for each parent, with ``filter``, or with ``{id}`` in the path where the parent's id goes.
            kind: the children's type, such as ``user``, where others are left to other steps; what inherits from it
                is of that type, as ``agentUser`` is.
            select: properties of the children to ask for; ``id`` and ``@odata.type`` are always there.
            filter: which objects of the collection are the children of a parent, with ``{id}`` where its id goes, such
                as ``groupId eq '{id}'``.
            expand: related objects that come with each child, of a collection that is asked with ``filter``.
            among: which parents (``$filter`` of their collection); all where it is empty.
            together: yield the children of one parent one after the other, for ``itertools.groupby``: a step that sums
                up what a parent has holds one parent at a time. The first ones come when all have been read.

        Raises:
            GraphError: Graph did not give all of it; a parent that is gone meanwhile has no children.
            PlanError: a path or a kind is not written as that of a step must be; ``kind`` and ``together`` are given.
        """


class Azure(Protocol):
    """Azure as a step sees it: all resources of all subscriptions that the application may read, in one tenant.

    Rows are those of Azure Resource Graph: ``id``, ``name``, ``type``, ``location``, ``resourceGroup``,
    ``subscriptionId``, ``properties`` and so on; what is absent is ``None``. Their ids are to be compared by
    ``integration.values.arm_key``, since Azure spells one id in several ways. Errors count as those of ``Graph`` do.
    """

    def resources(self, type: str) -> Iterator[Row]:
        """Yield the resources of a type, each once, in no particular order.

        Args:
            type: such as ``microsoft.compute/virtualmachines``, in any case of letters; ``*`` for all types that no
                entity step names among its ``resources``.

        Raises:
            GraphError: Azure did not give all of it.
            PlanError: it is no type.
        """

    def table(self, table: str, *, type: str, filter: str = "") -> Iterator[Row]:
        """Yield the rows of a type in a table of Azure Resource Graph, each once, in no particular order.

        Args:
            table: such as ``resourcecontainers``.
            type: such as ``microsoft.resources/subscriptions``.
            filter: what is true of the rows that are wanted, in Azure's query language, such as
                ``properties.status.code =~ 'Unhealthy'``: for types with many rows of which few are wanted,
                which are read by themselves then. A recording does not regard it, so the step does, too.

        Raises:
            GraphError: Azure did not give all of it.
            PlanError: it is no table, type or filter.
        """

    def children(
        self, type: str, below: str, *, api_version: str, table: str = "resources"
    ) -> Iterator[tuple[str, Row]]:
        """Yield the key of a resource and one of its children, for all resources of a type, in no particular order.

        It is for what Azure Resource Graph lacks, such as the containers of a storage account: it costs a request for
        each resource, so that a type that reads it is ``on_demand``. A child has what a row of a table has; its
        subscription, resource group and region are its resource's.

        Args:
            type: of the resources, such as ``microsoft.storage/storageaccounts``.
            below: where the children are, such as ``/blobServices/default/containers``. What answers with one object,
                such as ``/encryptionProtector/current``, is the only child. Of children of children, as in
                ``/topics/*/subscriptions``, the key is that of the child above.
            api_version: of that, such as ``2023-05-01``.
            table: where the resources are, such as ``resourcecontainers`` for subscriptions.

        Raises:
            GraphError: Azure did not give those of any resource; a resource that is gone meanwhile has no children.
            PlanError: a table, a type or a path is not written as that of a step must be.
        """


class Context(Protocol):
    """What a step is handed.

    Attributes:
        graph: the tenant, through Microsoft Graph.
        azure: its Azure resources.
        config: the run's settings.
        log: a logger named after the type.
    """

    graph: Graph
    azure: Azure
    config: Config
    log: Logger

    def entities(self, type: str) -> Iterator[Entity]:
        """Yield all entities of a type that the step needs or wants.

        Raises:
            PlanError: the step's declaration does not name the type among these.
        """

    def one(self, type: str) -> Entity:
        """Return the only entity of a type that the step needs.

        Raises:
            PlanError: the step's declaration does not name the type, or there is not exactly one entity of it.
        """

    def known(self, type: str, keys: Iterable[str]) -> frozenset[str]:
        """Return those of some keys that are keys of entities of a type that the step needs.

        It is for objects that are named by an id that does not say of which kind they are.

        Raises:
            PlanError: the step's declaration does not name the type among its needs.
        """

    def left_out(self, count: int, what: str) -> None:
        """Say what the type does not cover by its nature, so that nobody takes it for more: the summary counts it.

        Args:
            count: how many objects were not asked about; nothing is said where it is 0.
            what: what they are, in the plural.
        """
