#include "project/profile_target.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace sluice::project {

using jinja::Dict;
using jinja::Value;

namespace {

// As observed in `{{ target }}` of each adapter. `keys`: "name" or "name=default" by blanks, in
// dbt's order; without a default the value is none. `shown_again`: "alias=key" pairs that dbt adds
// behind. An adapter without keys shows all that its output has.
struct AdapterProfile {
  std::string_view adapter_type;
  std::string_view database_keys;  // other names of `database`, by blanks
  std::string_view schema_keys;
  std::string_view default_database;
  std::string_view default_schema;
  bool has_database = true;
  std::string_view keys;
  std::string_view shown_again;
};

constexpr std::array<AdapterProfile, 14> kAdapters = {{
    {"postgres", "dbname", "", "", "", true,
     "host port user database schema connect_timeout=10 role search_path keepalives_idle=0 sslmode "
     "sslcert sslkey sslrootcert application_name=dbt autocommit=false retries=1",
     "dbname=database"},
    {"redshift", "dbname", "", "", "", true,
     "host user port database method=database cluster_id iam_profile schema sslmode=prefer region "
     "autocreate=false db_groups=[] ra3_node=false datasharing=false connect_timeout role "
     "retries=1 "
     "retry_all=false autocommit=true access_key_id is_serverless serverless_work_group "
     "serverless_acct_id tcp_keepalive=true tcp_keepalive_idle tcp_keepalive_interval "
     "tcp_keepalive_count query_group allow_concurrent_drops=false drop_without_cascade=false",
     "dbname=database"},
    {"snowflake", "", "", "", "", true,
     "account user database warehouse role schema authenticator oauth_client_id query_tag "
     "client_session_keep_alive=false host port proxy_host proxy_port protocol connect_retries=1 "
     "connect_timeout retry_on_database_errors=false retry_all=false insecure_mode=false "
     "reuse_connections=true s3_stage_vpce_dns_name workload_identity_provider "
     "workload_identity_entra_resource platform_detection_timeout_seconds=0.0",
     ""},
    {"bigquery", "project", "dataset", "", "", true,
     "method database execution_project=$database schema location priority maximum_bytes_billed "
     "reservation impersonate_service_account job_retry_deadline_seconds job_retries=1 "
     "job_creation_timeout_seconds job_execution_timeout_seconds job_link_info_level_log=false "
     "timeout_seconds client_id token_uri compute_region dataproc_cluster_name gcs_bucket "
     "dataproc_batch",
     "project=database dataset=schema retries=job_retries dataproc_region=compute_region"},
    {"spark", "", "", "", "", false, "host port=443 cluster endpoint schema organization=0", ""},
    {"databricks", "catalog", "", "hive_metastore", "default", true,
     "host http_path database schema", "catalog=database"},
    {"trino", "catalog", "", "", "", true,
     "host port=8080 user database schema cert prepared_statements_enabled=true starburst_url "
     "starburst_metadata_failure_strategy=continue_on_error starburst_max_column_batch_size=100",
     "catalog=database"},
    {"athena", "catalog", "", "awsdatacatalog", "", true,
     "assume_role_arn assume_role_duration_seconds=3600 assume_role_external_id "
     "assume_role_session_name=dbt-athena aws_access_key_id aws_profile_name "
     "connection_manager=api "
     "database debug_query_state=false endpoint_url lf_tags_database num_boto3_retries "
     "num_iceberg_retries=3 num_retries=5 poll_interval=1.0 region_name s3_data_dir "
     "s3_data_naming=schema_table_unique s3_staging_dir s3_tmp_table_dir schema "
     "seed_s3_upload_args skip_workgroup_check=false spark_work_group work_group",
     "catalog=database"},
    {"sqlserver", "", "", "", "", true,
     "driver server=host port=1433 database schema UID=$user authentication=sql "
     "windows_login=false retries=3 login_timeout=0 query_timeout=0 trace_flag=false encrypt=true "
     "trust_cert=false backend=pyodbc xact_abort=true",
     "user=UID username=UID trusted_connection=windows_login auth=authentication "
     "TrustServerCertificate=trust_cert SQL_ATTR_TRACE=trace_flag"},
    {"fabric", "", "", "", "", true,
     "database schema tenant_id client_id credential_class token_scope authentication retries=3 "
     "workspace_id workspace_name query_timeout=86400 UID=$user windows_login=false "
     "trace_flag=false encrypt=true trust_cert=false schema_authorization login_timeout=0 "
     "lock_timeout=30000",
     "trusted_connection=windows_login auth=authentication app_id=client_id "
     "workspace=workspace_name user=UID username=UID TrustServerCertificate=trust_cert "
     "schema_auth=schema_authorization SQL_ATTR_TRACE=trace_flag"},
    {"clickhouse", "", "", "", "default", false,
     "driver host=localhost port user=default schema retries=1 cluster secure=false verify=true "
     "connect_timeout=10 send_receive_timeout=300 database_engine cluster_mode=false",
     ""},
    {"mysql", "", "dbname", "", "", false, "server port=3306 schema username charset", ""},
    {"starrocks", "", "", "", "", false, "host port=9030 schema username catalog", ""},
    // Any other: its output is shown as it is.
    {"", "catalog dbname project", "dataset", "", "", true, "", ""},
}};

const AdapterProfile& adapter_profile(std::string_view adapter_type) {
  const auto found = std::find_if(kAdapters.begin(), kAdapters.end(), [&](const auto& adapter) {
    return adapter.adapter_type == adapter_type;
  });
  return found != kAdapters.end() ? *found : kAdapters.back();
}

template <typename Visit>
void for_each_word(std::string_view words, Visit visit) {
  while (!words.empty()) {
    const size_t blank = words.find(' ');
    visit(words.substr(0, blank));
    if (blank == std::string_view::npos) return;
    words.remove_prefix(blank + 1);
  }
}

const Value* credential(const Dict& credentials, std::string_view key) {
  const Value* value = credentials.find(key);
  return value != nullptr && !value->is_none() ? value : nullptr;
}

// The text under `key` or else under the first of `aliases` that has one.
std::string name_of(const Dict& credentials, std::string_view key, std::string_view aliases,
                    std::string_view otherwise) {
  std::string out(otherwise);
  bool found = false;
  const auto look = [&](std::string_view word) {
    const Value* value = found ? nullptr : credential(credentials, word);
    if (value == nullptr || !value->is_string()) return;
    out = value->as_string();
    found = true;
  };
  look(key);
  for_each_word(aliases, look);
  return out;
}

// "10", "1.5", "true", "[]" or text.
Value default_value(std::string_view text) {
  if (text == "true" || text == "false") return Value::boolean(text == "true");
  if (text == "[]") return Value::list();
  int64_t number = 0;
  const char* end = text.data() + text.size();
  if (std::from_chars(text.data(), end, number).ptr == end) return Value::integer(number);
  double real = 0;
  if (std::from_chars(text.data(), end, real).ptr == end) return Value::floating(real);
  return Value::string(text);
}

}  // namespace

bool is_secret_key(std::string_view key) {
  static constexpr std::array<std::string_view, 8> kWords = {
      "password", "passwd", "secret", "token", "private_key", "passphrase", "keyfile_json", "jwt"};
  if (key == "pass" || key == "pwd" || key == "api_key" || key == "PWD") return true;
  // What only says where or for what a token is good is no secret.
  if (key == "token_uri" || key == "token_scope") return false;
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) {
    return key.find(word) != std::string_view::npos;
  });
}

ProfileNames profile_names(std::string_view adapter_type, const Dict& credentials) {
  const AdapterProfile& adapter = adapter_profile(adapter_type);
  ProfileNames names;
  if (adapter.has_database)
    names.database =
        name_of(credentials, "database", adapter.database_keys, adapter.default_database);
  names.schema = name_of(credentials, "schema", adapter.schema_keys, adapter.default_schema);
  return names;
}

Value connection_target(std::string_view adapter_type, const Dict& credentials,
                        const std::string& database, const std::string& schema) {
  const AdapterProfile& adapter = adapter_profile(adapter_type);
  Value out = Value::dict();
  Dict& target = out.as_dict();
  const auto own_value = [&](std::string_view key) -> std::optional<Value> {
    if (key == "database") return Value::string(database);
    if (key == "schema") return Value::string(schema);
    const Value* value = credential(credentials, key);
    return value != nullptr ? std::optional<Value>(*value) : std::nullopt;
  };
  if (adapter.keys.empty()) {
    for (const Dict::Entry& entry : credentials.entries())
      if (entry.key.is_string() && !is_secret_key(entry.key.as_string()))
        target.set(entry.key, entry.value);
    target.set("database", Value::string(database));
    target.set("schema", Value::string(schema));
    return out;
  }
  for_each_word(adapter.keys, [&](std::string_view word) {
    const size_t equals = word.find('=');
    const std::string_view key = word.substr(0, equals);
    std::optional<Value> value = own_value(key);
    if (!value && equals != std::string_view::npos) {
      const std::string_view otherwise = word.substr(equals + 1);
      value = otherwise.starts_with('$') ? own_value(otherwise.substr(1)).value_or(Value::none())
                                         : default_value(otherwise);
    }
    target.set(key, value.value_or(Value::none()));
  });
  for_each_word(adapter.shown_again, [&](std::string_view word) {
    const size_t equals = word.find('=');
    const std::string_view alias = word.substr(0, equals);
    const Value* value = target.find(word.substr(equals + 1));
    target.set(alias, value != nullptr ? *value : own_value(alias).value_or(Value::none()));
  });
  return out;
}

}  // namespace sluice::project
