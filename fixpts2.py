import json
from trimtab.scorers import found_in, heard
import importlib.util,sys
sys.path.insert(0,'/work/regeu31-tmp')
import build
byid={r['id']:r['P'] for r in build.blocks(['eu_heldout.txt'],'eu','h')}
p='/work/regeu31-tmp/src/eu_points.txt'
out=[];prompt=''
for line in open(p).read().split('\n'):
    if line.startswith('# '): prompt=byid[line[2:].strip()]
    if line[:2] in('! ','+ '):
        ways=[]
        for w in line[2:].split(';'):
            w=w.strip()
            if found_in([w],heard(prompt)) is not None:
                if ' ' in w: print('by hand',prompt,'|',w); ways.append(w); continue
                keep=[c for c in w.split('|') if found_in([c],heard(prompt)) is None]
                print('dropped',set(w.split('|'))-set(keep),'|',prompt)
                w='|'.join(keep)
            if w: ways.append(w)
        line=line[:2]+' ; '.join(ways)
        if line.strip() in('!','+'): print('GONE',prompt); continue
    out.append(line)
open(p,'w').write('\n'.join(out))
