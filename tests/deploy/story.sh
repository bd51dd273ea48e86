# The life of the package in a root of its own, without a network. Ends at the first thing that
# does not hold. Arguments: the root, the older package, the newer one.
set -eu
root=$1 old=$2 new=$3
say() { echo "== $*"; }
inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
files() { (cd "$root" && find ./etc ./usr ./opt ./srv ./var -xdev \
	\( -path ./var/log -o -path ./var/cache -o -path ./var/lib/dpkg -o -path ./var/tmp \) -prune -o -print | sort); }
version() { inside dpkg-query -W -f '${Version}' veilleur; }

mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/tmp"
mount --rbind /dev "$root/dev"
test "$(wc -l < /proc/net/route)" -le 1 || { echo "there is a route"; exit 1; }
cp "$old" "$root/tmp/old.deb"; cp "$new" "$root/tmp/new.deb"; cp "$4" "$root/tmp/site.toml"
files > /tmp/before
inside getent passwd | cut -d: -f1 | sort > /tmp/users-before
inside getent group | cut -d: -f1 | sort > /tmp/groups-before

say install
inside dpkg -i /tmp/old.deb
inside dpkg -V veilleur
inside veilleur import /tmp/site.toml --data /var/lib/veilleur
inside stat -c '%A %U %G' /var/lib/veilleur
inside veilleur export --data /var/lib/veilleur > /tmp/exported
inside runuser -u veilleur -- /usr/bin/veilleur who --data /var/lib/veilleur --json
inside runuser -u veilleur-web -- /usr/bin/veilleur who --data /var/lib/veilleur --json
inside veilleur doctor --data /var/lib/veilleur > /tmp/doctor || test $? = 1
grep -q Veilleur /tmp/doctor
inside sh -ec 'systemd-analyze verify --man=no /usr/lib/systemd/system/veilleur*.service \
	/usr/lib/systemd/system/veilleur*.path'

say upgrade
inside dpkg -i /tmp/new.deb
inside dpkg -V veilleur
test "$(version)" = 9.9.9
inside veilleur export --data /var/lib/veilleur | cmp - /tmp/exported

say downgrade
inside dpkg -i --force-downgrade /tmp/old.deb
inside dpkg -V veilleur
inside veilleur export --data /var/lib/veilleur | cmp - /tmp/exported

say remove
inside dpkg -r veilleur
test -f "$root/var/lib/veilleur/veilleur.db"
test ! -e "$root/usr/lib/veilleur"

say purge
inside dpkg -P veilleur
files > /tmp/after
diff /tmp/before /tmp/after
inside getent passwd | cut -d: -f1 | sort | diff /tmp/users-before -
inside getent group | cut -d: -f1 | sort | diff /tmp/groups-before -
say done
