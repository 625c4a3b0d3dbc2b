"""What one request may ask for: the shape of its document, the size of its variables, the cost of its answer."""

from gateway.limits.cost import CostPlan, cost_plan
from gateway.limits.shape import Shape, ShapeRule, excess, limited_shape, measure, refusal_in
from gateway.limits.variables import check_variables

__all__ = [
    "CostPlan",
    "Shape",
    "ShapeRule",
    "check_variables",
    "cost_plan",
    "excess",
    "limited_shape",
    "measure",
    "refusal_in",
]
