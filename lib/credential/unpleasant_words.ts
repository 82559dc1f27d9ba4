const english = `
  arson bacteria bloated bloating carnage casket crook cruelly cruelness cruelty curse decay
  deceased evil filth gag garbage gory graves graveyard grime griminess grimy groin grope hate
  haunt headless hurt jailbird jailer jailhouse lustfully lustily lustiness lusty maggot morphine
  mortality oppressed oppressor poison pregnancy pregnant prison rage rash rectal rotten rotting
  scabbed scabby shame sinister slander slapping stinking stinky strangle thong trash venomous
  widow wimp wound wreckage wrecking
`;

const italian = `
  adipe affranto alcolico alticcio arsenico barbaro batosta bava bavosa beffa bipolare blatta
  buffone carcassa cerume cirrosi codardo colposo dannoso deforme delirio demenza disumano
  divorato egoismo epatite esanime fasullo fifa flebo fobico frana garzone gobba guaio imbuto
  immolato incubo inflitto ingordo insano isterico lacerato lardoso lesivo litigio lutto macabro
  malafede malsano malumore marcire meschino mitra monco mordere morsicato muffa mulatto mummia
  necrosi nevrotico nocivo orfano orrendo orribile ossa otite patacca patologia pattume peccato
  peloso pestifero petulante querela rantolare rapina rappreso ribrezzo ridicolo rodere salasso
  saraceno sbavare sbruffone scabroso scippo sclerare sepolto serraglio sfacelo sfratto
  sfruttato sgarbato sgorbio spavento spettrale spranga stizzoso strozzare sudore svenuto
  temerario tragedia tristezza uccisore usuraio vanitoso vedova vergogna verruca vile villano
  vipera virulento vittima zotico zulu
`;

/** Words of the lists that nobody wants to read in a suggestion. */
export const unpleasantWords: ReadonlySet<string> = new Set(
  (english + italian).trim().split(/\s+/),
);
