"""All that is specific to this lender's applications, and nothing else: another lender replaces this folder.

Tables of its fields, their levels and labels, derived features and likely terms; `formulas` and `roles` in code. The
rest of scoring reads them through `scoring.schema`, and names no column or level (nor does training, but for
`training.lender`). It holds no code that another lender would need as well. Every package but `words` may import it.
"""

from pathlib import Path

FOLDER = Path(__file__).parent
