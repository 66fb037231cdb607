"""Azure: every resource by Azure Resource Graph, and what that lacks by Azure Resource Manager. Knows no step."""
