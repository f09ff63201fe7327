select 1
{% if x %}
from t
