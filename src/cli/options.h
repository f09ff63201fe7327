// Options: everything that the command line and the environment ask for, after parsing. A plain
// value.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/warning_policy.h"

namespace sluice::cli {

enum class Command : uint8_t {
  kNone,
  kBuild,
  kRun,
  kTest,
  kSeed,
  kSnapshot,
  kCompile,
  kParse,
  kList,
  kShow,
  kPlan,
  kExplain,
  kVerify,
  kCheck,
  kCost,
  kAudit,
  kAdopt,
  kState,
  kRunOperation,
  kClone,
  kRetry,
  kDebug,
  kClean,
  kInit,
  kGenStoreOrders,
  kSource,
  kDeps,
  kDocs,
  kExtensions,
  kVersion,
};

struct Options {
  Command command = Command::kNone;
  std::string command_name;        // as dbt calls it in artifacts: "run", "list", "run-operation"…
  std::string invocation_command;  // the words after the program's name

  std::set<std::string> given;             // OptionSpec::names of what the command line itself says
  std::set<std::string> from_environment;  // and of what the environment sets

  // Common to all commands.
  std::string project_dir, profiles_dir, profile, target, target_path, log_path, vars;
  std::string log_format = "text";  // text | json
  std::string log_level = "info";   // debug | info | warn | error | none
  int threads = 0;                  // 0: the profile's
  bool threads_given = false;
  bool quiet = false;
  bool debug = false;
  bool print = true;  // print() of templates
  bool use_colors = true;
  bool use_colors_given = false;
  bool write_json = true;
  bool warn_error = false;
  std::string warn_error_options;  // YAML
  WarningPolicy warnings;          // what the two say
  bool show_all_deprecations = false;
  bool fail_fast = false;
  bool version_check = true;
  bool partial_parse = true;  // an unchanged project is not parsed again (parse_reuse.h)
  bool static_parser = true;  // accepted; there is one parser
  bool populate_cache = true;
  bool cache_selected_only = false;
  bool introspect = true;
  bool send_usage_stats = false;  // accepted; nothing is ever sent
  int printer_width = 80;
  bool single_threaded = false;
  std::string log_level_file = "debug";
  std::string log_format_file;  // empty: as log_format
  int64_t log_file_max_bytes = 10 << 20;
  bool use_colors_file = false;
  // Older forms, which count where the newer one is not given.
  bool deprecated_print = false;
  std::string deprecated_state, deprecated_defer, deprecated_favor_state;
  bool ignored_flag = false;  // what is accepted and means nothing here
  std::string ignored_text;

  // Selection.
  bool used_old_select = false;  // --models or -m
  std::vector<std::string> select, models, exclude, resource_types, exclude_resource_types;
  std::string selector;
  std::string state;   // folder of the artifacts to compare with and to defer to
  bool defer = false;  // read what the earlier run built in place of what is missing
  bool favor_state = false;
  std::string defer_state;  // the folder to defer to, when it is another one
  std::string indirect_selection = "eager";

  // Running.
  bool full_refresh = false;
  bool store_failures = false;
  bool empty = false;
  bool atomic = false;                           // publish the whole run at once
  std::string event_time_start, event_time_end;  // of batches
  std::string sample;                            // "3 days"

  // list, show, compile.
  std::string output;  // list: name | path | selector | json; show, compile: text | json
  std::vector<std::string> output_keys;
  std::string inline_sql;
  std::string inline_direct;
  bool inject_ephemeral_ctes = true;
  bool inline_given = false;
  int64_t limit = 5;

  // seed.
  bool show_rows = false;

  // init, debug, clean.
  bool skip_profile_setup = false;
  bool config_dir = false;
  bool connection_only = false;
  bool clean_project_files_only = true;

  // verify.
  int64_t audit = 0;             // partitions; 0: all rows
  bool full_comparison = false;  // said, though it is the default

  // cost, state.
  std::string since;
  bool yes = false;

  // run-operation, init.
  std::string name;
  std::string args;

  // docs generate.
  bool compile = true;
  bool empty_catalog = false;
  bool static_page = false;  // accepted; pages come with the service
  std::string host = "127.0.0.1";
  int port = 8080;
  bool browser = true;

  // deps.
  bool lock = false;
  bool upgrade = false;
  std::string add_package;
  std::string package_source = "hub";  // hub | git | local

  // gen store-orders.
  int64_t days = 90;
  int64_t base_orders = 20000;
  uint64_t seed = 1;
  std::string dir = "data/partitioned";
  std::string until;
  std::vector<std::string> late;

  // extensions.
  std::vector<std::string> names;
  std::string from;           // a folder to take files from instead of downloading
  std::string extension_dir;  // "": the profile's, else SLUICE_EXTENSION_DIR
  bool force = false;

  // From the environment only.
  double price_per_tb = -1;  // SLUICE_PRICE_PER_TB or --price-per-tb; < 0: not given
};

}  // namespace sluice::cli
