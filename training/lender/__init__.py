"""All that is specific to this lender's tables, and nothing else: another lender replaces this folder.

Tables of the columns of its histories and their levels, the history features, made-up data in its schema, and `roles`.
It reads no data, trains nothing, and holds no code that another lender would need as well. Nothing outside this package
and `scoring.lender` names a table, column or level. Every package but `aggregates`, `synthetic` and `statistics` may
import it.
"""

from pathlib import Path

FOLDER = Path(__file__).parent
