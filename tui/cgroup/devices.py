"""Which block devices count: those whose bytes no other device counts again."""

import os

LOOP_MAJOR = "7"
_MEMORY_DEVICES = ("ram", "zram")  # swap on zram never leaves memory


class BlockDevices:
    """/sys/dev/block, remembered; `forget` when devices may have come or gone."""

    def __init__(self, sys_block: str = "/sys/dev/block") -> None:
        self._root = sys_block
        self._counted: dict[str, bool] = {}

    def counts(self, device: str) -> bool:
        """Tell whether "major:minor" is to be counted.

        dm, md and bcache stand on the devices in their `slaves` folder and a loop device on a file, so their bytes are
        counted below them; ram and zram are memory. A device that is not there any more counts: its bytes were real.
        """
        known = self._counted.get(device)
        if known is None:
            known = self._counted[device] = self._look(device)
        return known

    def forget(self) -> None:
        """Look again at every device."""
        self._counted.clear()

    def _look(self, device: str) -> bool:
        if device.partition(":")[0] == LOOP_MAJOR:
            return False
        path = f"{self._root}/{device}"
        try:
            name = os.path.basename(os.readlink(path))
        except OSError:
            name = ""
        if name.rstrip("0123456789") in _MEMORY_DEVICES:
            return False
        try:
            return not os.listdir(f"{path}/slaves")
        except OSError:
            return True
