"""The faults, by name: each hurts something while people sign in, mends it, and counts."""

from tests.faults import away, changing, killing, surroundings
from tests.faults.staging import Scenario

SCENARIOS: dict[str, Scenario] = {
    "nothing": killing.nothing,
    "kill-bridge": killing.kill_bridge,
    "kill-worker": killing.kill_worker,
    "kill-one-of-two": killing.kill_one_of_two,
    "restart-both": killing.restart_both,
    "kill-database": killing.kill_database,
    "stop-database": away.database_away("stop", 30),
    "freeze-database": away.database_away("freeze", 30),
    "kill-wechat": killing.kill_wechat,
    "fill-disk": surroundings.fill_disk,
    "step-clock": surroundings.step_clock,
    "rotate-keys": changing.rotate_keys,
    "roll-secrets": changing.roll_secrets,
    "migrate": changing.migrate,
}
