"""A token that an API refuses: it is renewed, and given up for one path that refuses it alone, or for all."""

from integration.errors import CredentialsError, Forbidden, GraphError
from integration.http.auth import Tokens
from integration.text.secret import Secret

_HOPELESS = 8
"""So often requests were refused again, which a fresh token might have helped, and none was answered in between."""


class Refusals:
    """Gives the token of each request, and takes note of whether it was refused; safe for use from many threads.

    Args:
        api: what the API is called in messages.
        tokens: gives the bearer token.

    Attributes:
        answered: URL of a GET request that was answered, which tells whether a token is taken anywhere; or empty.
    """

    def __init__(self, api: str, tokens: Tokens) -> None:
        self._api, self._tokens = api, tokens
        self._told: list[CredentialsError] = []
        self._final: CredentialsError | None = None
        self.answered = ""

    @property
    def are_many(self) -> bool:
        """Whether so many tokens were refused in a row that it is to be asked whether one is taken anywhere."""
        return len(self._told) >= _HOPELESS

    def token(self) -> Secret:
        """Return a token.

        Raises:
            CredentialsError: the API refuses every token, or there is none.
        """
        if self._final:
            raise CredentialsError(self._final)
        return self._tokens.token()

    def taken(self, method: str, url: str) -> None:
        """Note that a request was answered."""
        self._told.clear()
        self._final = None
        if method == "GET":
            self.answered = self.answered or url

    def refused(self, token: Secret, error: GraphError, *, again: bool) -> CredentialsError:
        """Ask for another token, and return the error to raise where that one is refused too.

        Args:
            token: was refused.
            error: what the API said.
            again: one was refused before for the same request.
        """
        try:
            self._tokens.renew(token)
            refused = CredentialsError(f"{self._api} refused the access token, also a fresh one ({error})")
        except CredentialsError as final:
            refused = CredentialsError(f"{final} ({error})")
        if again:
            self._told.append(refused)
        return refused

    def of_all_paths(self, refused: CredentialsError) -> CredentialsError:
        """Return the error to raise where a token is taken nowhere, and take note that no further request helps."""
        self._final = refused
        return refused

    def elsewhere(self) -> None:
        """Note that a token is taken elsewhere."""
        self._told.clear()

    def of_one_path(self, error: GraphError) -> Forbidden:
        """Return the error to raise where a path refuses a token that another one takes, as Intune's sometimes do.

        Sources: msgraph-sdk-powershell, issue 1120; microsoft-graph-docs-contrib, issue 237.
        """
        problem = f"{self._api} takes the token elsewhere, and refuses it here: {error.problem}"
        return Forbidden(problem, path=error.path, status=error.status, code=error.code, request_id=error.request_id)
