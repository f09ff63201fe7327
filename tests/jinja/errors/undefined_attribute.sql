select
  {{ nosuch.column }}
from t
