"""Every export that a mapping can name as its `preset`."""

from collections.abc import Mapping

from pipelines.sources.mapping import Preset
from pipelines.sources.presets.export import HelpDeskExport
from pipelines.sources.presets.freshdesk import FRESHDESK
from pipelines.sources.presets.zendesk import ZENDESK

PRESETS: Mapping[Preset, HelpDeskExport] = {Preset.ZENDESK: ZENDESK, Preset.FRESHDESK: FRESHDESK}
